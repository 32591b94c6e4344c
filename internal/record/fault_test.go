//go:build linux

package record

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"camhub/internal/record/archive"
)

// film runs pictures into a recorder at about a hundred a second until a condition
// holds, and returns the number of the next.
func film(t *testing.T, s *studio, sh *shot, first int, until func() bool) int {
	t.Helper()
	end := time.Now().Add(2 * time.Minute)
	for n := first; ; n++ {
		if until() {
			return n
		}
		if time.Now().After(end) {
			t.Fatalf("nothing came of it: %+v, told %+v", s.r.Status(), s.told())
		}
		s.Write(sh.packet(uint32(n), nil))
		time.Sleep(10 * time.Millisecond)
	}
}

func (s *studio) is(state State) func() bool {
	return func() bool { return s.r.Status().State == state }
}

// unbroken checks that numbers grow by one, but for the places where something is
// missing.
func unbroken(t *testing.T, ns []int64, holes int) {
	t.Helper()
	found := 0
	for i := 1; i < len(ns); i++ {
		if ns[i] <= ns[i-1] {
			t.Errorf("%d comes after %d", ns[i], ns[i-1])
		} else if ns[i] != ns[i-1]+1 {
			found++
		}
	}
	if found != holes {
		t.Errorf("%d holes, want %d", found, holes)
	}
}

// TestFullDisk records onto a small disk: the oldest goes, nothing newer is missing.
// Then everything on it is pinned: it stops, says so, and goes on when there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	if !ownMounts(t, false) {
		return
	}
	dir := t.TempDir()
	tmpfs(t, dir, "6m")
	root := filepath.Join(dir, "recordings")
	a := openArchive(t, root, archive.Policy{})
	sh := newShot(32, 32, 20000)
	s := open(t, a, Config{SegmentLength: 500 * time.Millisecond})
	n := film(t, s, sh, 0, func() bool { return s.r.Status().Pictures >= 800 }) // 16 MB onto 6
	if st := s.r.Status(); st.Lost != 0 || len(s.told()) != 0 {
		t.Errorf("%+v, told %+v", st, s.told())
	}
	s.settled(t, uint64(n))
	got := numbers(t, a, "a", time.Time{})
	unbroken(t, got, 0)
	if len(got) < 150 || got[len(got)-1] != int64(n-1) {
		t.Errorf("%d pictures are left, up to %d of %d", len(got), got[len(got)-1], n-1)
	}
	a.SetPins([]archive.Pin{{Camera: "a", From: time.Unix(0, 0), To: time.Now().Add(time.Hour)}})
	n = film(t, s, sh, n, s.is(Failing))
	if st := s.r.Status(); st.Gap != archive.Full {
		t.Errorf("%+v", st)
	}
	before := numbers(t, a, "a", time.Time{})
	n = film(t, s, sh, n, func() bool { return s.r.Status().Lost > 50 })
	if now := numbers(t, a, "a", time.Time{}); !slices.Equal(now, before) {
		t.Error("pictures came or went while there was no room")
	}
	a.SetPins([]archive.Pin{{Camera: "a", From: time.Unix(0, 0), To: time.Now().Add(-time.Minute)}})
	n = film(t, s, sh, n, s.is(Recording))
	more := s.r.Status().Pictures + 20
	film(t, s, sh, n, func() bool { return s.r.Status().Pictures > more })
	s.stop()
	told := s.told()
	if len(told) != 2 || !told[0].Failed || told[0].Gap != archive.Full || told[0].Err == nil ||
		told[1].Failed || told[1].Lost < 50 || told[1].After < firstRetry/2 {
		t.Errorf("told %+v", told)
	}
	l, err := a.Timeline("a", time.Unix(0, 0), time.Now(), 0)
	if err != nil || len(l.Missing) == 0 || l.Missing[0].Why != archive.Full {
		t.Errorf("%+v, %v", l, err)
	}
	a.Close()
	r, err := archive.Check(t.Context(), root, false)
	if err != nil || slices.ContainsFunc(r.Findings, func(f archive.Finding) bool { return f.Kind != archive.Unfinished && f.Kind.Fault() }) {
		t.Errorf("%+v, %v", r, err)
	}
	a = openArchive(t, root, archive.Policy{})
	a.Close()
	clean(t, root)
}

// TestPowerCut records onto a real file system on a block device, takes a copy of
// what is on the device at a random moment, and looks what a machine would find there
// after its power was cut at that moment.
func TestPowerCut(t *testing.T) {
	if !ownMounts(t, true) {
		return
	}
	dir := t.TempDir()
	image, mnt, after := filepath.Join(dir, "disk"), filepath.Join(dir, "mnt"), filepath.Join(dir, "after")
	tmpfs(t, dir, "1g")
	makeImage(t, image, 256, "ext4")
	for round := range 3 {
		loopMount(t, image, mnt)
		l := live(t, filepath.Join(mnt, "recordings"), round*100000, time.Minute)
		l.kill(t, 3*time.Second+rand.N(2*time.Second), func() { copyFile(t, image, image+".cut") })
		unmount(t, mnt)
		loopMount(t, image+".cut", after)
		a := openArchive(t, filepath.Join(after, "recordings"), archive.Policy{})
		kept, lost, oldest := l.verify(t, a, false)
		a.Close()
		clean(t, a.Root())
		unmount(t, after)
		t.Logf("%d pictures there, %d lost, the oldest %v before the cut", kept, lost, oldest.Round(time.Millisecond))
	}
}

// TestFreeSpaceIsKept has other programs fill the disk below what is to stay free.
func TestFreeSpaceIsKept(t *testing.T) {
	t.Parallel()
	if !ownMounts(t, false) {
		return
	}
	dir := t.TempDir()
	tmpfs(t, dir, "8m")
	a := openArchive(t, filepath.Join(dir, "recordings"), archive.Policy{MinFreeBytes: 2 << 20})
	defer a.Close()
	sh := newShot(32, 32, 20000)
	s := open(t, a, Config{SegmentLength: 200 * time.Millisecond})
	n := film(t, s, sh, 0, func() bool { return s.r.Status().Pictures > 400 })
	if left := room(t, dir); left < 1<<20 {
		t.Errorf("%d bytes free", left)
	}
	n = film(t, s, sh, n, func() bool {
		fill(t, filepath.Join(dir, "other"), 1<<20)
		return s.r.Status().State == Failing
	})
	if st := s.r.Status(); st.Gap != archive.Full || !errors.Is(st.Err, archive.ErrFull) {
		t.Errorf("%+v", st)
	}
	if used := a.Used(); used > 0 {
		t.Errorf("stopped with %d bytes that could have gone", used)
	}
	if err := os.Remove(filepath.Join(dir, "other")); err != nil {
		t.Fatal(err)
	}
	film(t, s, sh, n, s.is(Recording))
	s.stop()
}

// smallDisk mounts a disk of 32 MiB with ext4, and returns where.
func smallDisk(t *testing.T) (mnt string) {
	t.Helper()
	dir := t.TempDir()
	tmpfs(t, dir, "64m")
	image, mnt := filepath.Join(dir, "disk"), filepath.Join(dir, "mnt")
	makeImage(t, image, 32, "ext4")
	loopMount(t, image, mnt)
	return mnt
}

// TestReadOnly makes the file system read-only and writable again.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	if !ownMounts(t, true) {
		return
	}
	mnt := smallDisk(t)
	root := filepath.Join(mnt, "recordings")
	a := openArchive(t, root, archive.Policy{})
	sh := newShot(32, 32, 2000)
	s := open(t, a, Config{SegmentLength: 300 * time.Millisecond})
	n := film(t, s, sh, 0, func() bool { return s.r.Status().Pictures > 60 })
	// A file that is open for writing is in the way of a remount, so the camera is
	// silent until its segment is finished.
	for end := time.Now().Add(time.Minute); s.r.Status().State != Waiting; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%+v", s.r.Status())
		}
	}
	remount(t, mnt, syscall.MS_RDONLY, "")
	n = film(t, s, sh, n, s.is(Failing))
	if st := s.r.Status(); st.Gap != archive.ReadOnly || !errors.Is(st.Err, syscall.EROFS) {
		t.Errorf("%+v", st)
	}
	numbers(t, a, "a", time.Time{}) // can still be read
	remount(t, mnt, 0, "")
	n = film(t, s, sh, n, s.is(Recording))
	film(t, s, sh, n, func() bool { return s.r.Status().Pictures > 200 })
	s.stop()
	unbroken(t, numbers(t, a, "a", time.Time{}), 1)
	a.Close()
	clean(t, root)
}

// TestDeviceFails has a block device that fails to write, and then does not any more.
func TestDeviceFails(t *testing.T) {
	t.Parallel()
	if !ownMounts(t, true) {
		return
	}
	mnt := t.TempDir()
	device, limit := zram(t, 64)
	mountDevice(t, device, mnt, "ext2") // ext4 would turn read-only for good
	root := filepath.Join(mnt, "recordings")
	a := openArchive(t, root, archive.Policy{})
	sh := newShot(32, 32, 20000)
	s := open(t, a, Config{SegmentLength: 500 * time.Millisecond, SyncEvery: 100 * time.Millisecond})
	n := film(t, s, sh, 0, func() bool { return s.r.Status().Pictures > 100 })
	limit(1)
	n = film(t, s, sh, n, s.is(Failing))
	if st := s.r.Status(); st.Gap != archive.Failed || !errors.Is(st.Err, syscall.EIO) {
		t.Errorf("%+v", st)
	}
	n = film(t, s, sh, n, func() bool { return s.r.Status().Lost > 50 })
	limit(0)
	before := s.r.Status().Pictures
	n = film(t, s, sh, n, func() bool {
		st := s.r.Status()
		return st.State == Recording && st.Pictures > before+100
	})
	s.stop()
	told := s.told()
	if len(told) < 2 || !told[0].Failed || told[0].Gap != archive.Failed || told[len(told)-1].Failed {
		t.Errorf("told %+v", told)
	}
	got := numbers(t, a, "a", time.Time{})
	if len(got) < 150 || got[0] != 0 || got[len(got)-1] != int64(n-1) {
		t.Errorf("%d pictures, the newest is %d of %d", len(got), got[len(got)-1], n-1)
	}
	a.Close()
}

// TestDiskStandsStill freezes the file system, so that writes wait. The queue loses
// what does not fit, nothing else waits, and the recording says what is missing.
func TestDiskStandsStill(t *testing.T) {
	t.Parallel()
	if !ownMounts(t, true) {
		return
	}
	mnt := smallDisk(t)
	root := filepath.Join(mnt, "recordings")
	a := openArchive(t, root, archive.Policy{})
	sh := newShot(32, 32, 10000)
	s := open(t, a, Config{QueueBytes: 500_000, SegmentLength: time.Hour})
	n := film(t, s, sh, 0, func() bool { return s.r.Status().Pictures > 50 })
	thaw := freeze(t, mnt)
	n = film(t, s, sh, n, func() bool { return s.r.Status().Lost > 50 })
	if st := s.r.Status(); st.Queued > 500_000 || st.Queued < 200_000 {
		t.Errorf("%+v", st)
	}
	thaw()
	was := n
	n = film(t, s, sh, n, func() bool { return s.r.Status().Queued == 0 && n > 0 && len(s.told()) > 0 })
	film(t, s, sh, n, func() bool { st := s.r.Status(); return st.Pictures+st.Lost > uint64(n+20) })
	s.stop()
	if told := s.told(); len(told) != 1 || told[0].Failed || told[0].Gap != archive.Overflow {
		t.Errorf("told %+v", told)
	}
	got := numbers(t, a, "a", time.Time{})
	unbroken(t, got, 1)
	if got[len(got)-1] < int64(was) {
		t.Errorf("the newest is %d", got[len(got)-1])
	}
	l, err := a.Timeline("a", time.Unix(0, 0), time.Now(), 0)
	if err != nil || len(l.Missing) == 0 || l.Missing[0].Why != archive.Overflow {
		t.Errorf("%+v, %v", l, err)
	}
	a.Close()
	clean(t, root)
}

// TestFolderTakenAway deletes, moves and covers the folder while it is written.
func TestFolderTakenAway(t *testing.T) {
	t.Parallel()
	sh := newShot(32, 32, 2000)
	for _, tt := range []struct {
		name string
		take func(root string) error
	}{
		{"the day deleted", func(root string) error { return os.RemoveAll(filepath.Join(root, "a")) }},
		{"everything deleted", os.RemoveAll},
		{"moved", func(root string) error { return os.Rename(root, root+".moved") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "recordings")
			a := openArchive(t, root, archive.Policy{})
			s := open(t, a, Config{SyncEvery: 50 * time.Millisecond})
			n := film(t, s, sh, 0, func() bool { return s.r.Status().Pictures > 20 })
			if err := tt.take(root); err != nil {
				t.Fatal(err)
			}
			n = film(t, s, sh, n, func() bool { return len(s.told()) == 2 })
			n = film(t, s, sh, n, func() bool { return s.r.Status().Pictures > 60 })
			s.stop()
			if told := s.told(); !told[0].Failed || told[0].Gap != archive.Lost || told[1].Failed {
				t.Errorf("told %+v", told)
			}
			got := numbers(t, a, "a", time.Time{})
			unbroken(t, got, 0)
			if len(got) < 10 || got[len(got)-1] != int64(n-1) {
				t.Errorf("%d pictures after that", len(got))
			}
			a.Close()
			clean(t, root)
		})
	}
}

// TestDiskUnmounted takes the disk of the recordings away: what is under it must not
// be filled.
func TestDiskUnmounted(t *testing.T) {
	t.Parallel()
	if !ownMounts(t, false) {
		return
	}
	root := t.TempDir()
	tmpfs(t, root, "8m")
	a := openArchive(t, root, archive.Policy{})
	s := open(t, a, Config{SyncEvery: 50 * time.Millisecond})
	sh := newShot(32, 32, 2000)
	n := film(t, s, sh, 0, func() bool { return s.r.Status().Pictures > 20 })
	if err := syscall.Unmount(root, syscall.MNT_DETACH); err != nil {
		t.Fatal(err)
	}
	film(t, s, sh, n, func() bool { st := s.r.Status(); return st.State == Failing && st.Lost > 30 })
	if names, err := os.ReadDir(root); err != nil || len(names) != 0 {
		t.Errorf("under the mount point: %v, %v", names, err)
	}
	if st := s.r.Status(); st.Gap != archive.Lost || !errors.Is(st.Err, archive.ErrMoved) {
		t.Errorf("%+v", st)
	}
	s.stop()
	a.Close()
}
