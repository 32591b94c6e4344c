package record

import (
	"flag"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"camhub/internal/record/archive"
)

var kills = flag.Int("kills", 50, "how often TestKilled kills a recorder")

// TestKilled kills a process that records eight cameras at random moments. What is
// lost lies within the promise each time, and nothing that was said to be recorded is;
// after the next start a check finds no fault.
func TestKilled(t *testing.T) {
	root := t.TempDir()
	var kept, lost int
	var oldest time.Duration
	for round := range *kills {
		l := live(t, root, round*100000, 700*time.Millisecond)
		limit := 600 * time.Millisecond
		if round%10 == 9 {
			limit = 4 * time.Second // longer than the promise
		}
		l.kill(t, rand.N(limit), nil)
		a := openArchive(t, root, archive.Policy{})
		k, n, age := l.verify(t, a, true)
		kept, lost, oldest = kept+k, lost+n, max(oldest, age)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		r := clean(t, root)
		if r.Pictures != int64(kept) {
			t.Fatalf("round %d: the check counts %d pictures, want %d", round, r.Pictures, kept)
		}
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	t.Logf("%d kills, %d pictures there, %d lost, the oldest %v before the end", *kills, kept, lost, oldest.Round(time.Microsecond))
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
