package archive

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"camhub/internal/record/disk"
)

func (a *Archive) all(id string) []Segment {
	for _, h := range a.order() {
		if string(h.id) == id {
			return slices.Clone(h.segments)
		}
	}
	return nil
}

// TestStart opens a folder again: with its sidecars, without them, and with broken
// ones. The index is the same each time.
func TestStart(t *testing.T) {
	a := fresh(t)
	record(t, a, "a", t0, 4, None)
	record(t, a, "a", t0.Add(time.Minute), 8, Offline)
	record(t, a, "a", t0.Add(24*time.Hour), 2, Clock)
	record(t, a, "b", t0, 3, None)
	want := a.all("a")
	a.Close()
	sidecar := filepath.Join(a.Root(), "a", "2026-03-01", sidecarName)
	good, err := os.ReadFile(sidecar)
	if err != nil {
		t.Fatal(err)
	}
	flipped := slices.Clone(good)
	flipped[len(sidecarMagic)+20] ^= 1
	for _, tt := range []struct {
		name    string
		sidecar []byte
		opened  int
	}{
		{"as it was", good, 0},
		{"empty", nil, 2},
		{"other", []byte("something else, and longer"), 2},
		{"cut within a record", good[:len(good)-5], 1},
		{"a broken record", flipped, 1},
		{"twice", append(slices.Clone(good), good[len(sidecarMagic):]...), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			write(t, sidecar, string(tt.sidecar))
			for _, opened := range []int{tt.opened, 0} { // the first start mends it
				b := reopen(t, Config{Root: a.Root()})
				if s := b.Started(); s.Opened != opened || s.Segments != 4 || s.Cameras != 2 {
					t.Errorf("started %+v, want %d opened", s, opened)
				}
				if got := b.all("a"); !reflect.DeepEqual(got, want) {
					t.Errorf("got %+v, want %+v", got, want)
				}
				b.Close()
			}
		})
	}
}

// TestStartAfterACrash leaves what a crash leaves.
func TestStartAfterACrash(t *testing.T) {
	a := fresh(t)
	record(t, a, "a", t0, 4, None)
	cut := begin(t, a, "a", t0.Add(time.Minute), 5, None)
	empty := begin(t, a, "b", t0, 0, None)
	cut.Drop()
	empty.Drop()
	a.Close()
	f, err := os.OpenFile(cut.path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("half a fragment")
	f.Close()
	day := filepath.Join(a.Root(), "a", "2026-03-01")
	write(t, filepath.Join(day, "23-00-00.000.mov"), "")
	write(t, filepath.Join(day, "23-00-01.000.mov"), string(make([]byte, 100)))
	write(t, filepath.Join(day, "23-00-02.000.mov"), "no film at all, and somebody may want it")
	write(t, filepath.Join(day, "holiday.mov"), "mine")
	b := reopen(t, Config{Root: a.Root()})
	s := b.Started()
	if want := []string{filepath.Join("a", "2026-03-01", "12-01-00.250.mov")}; !slices.Equal(s.Repaired, want) {
		t.Errorf("repaired %v, want %v", s.Repaired, want)
	}
	if want := []string{filepath.Join("a", "2026-03-01", "23-00-02.000.mov")}; !slices.Equal(s.Unreadable, want) {
		t.Errorf("unreadable %v, want %v", s.Unreadable, want)
	}
	left := files(t, b)
	if len(left) != 4 {
		t.Errorf("left %v", left)
	}
	if seg, ok := b.Find("a", t0.Add(time.Hour)); !ok || seg.Pictures != 5 || seg.Sequence != 2 {
		t.Errorf("found %+v", seg)
	}
	if g := b.Before("a"); g != Crashed {
		t.Errorf("before: %v", g)
	}
	record(t, b, "a", t0.Add(2*time.Minute), 1, None)
	if g := b.Before("a"); g != Off {
		t.Errorf("later: %v", g)
	}
	if seg, _ := b.Find("a", t0.Add(time.Hour)); seg.Sequence != 4 && seg.Sequence != 3 {
		t.Errorf("numbers begin anew: %+v", seg)
	}
}

func TestOneHubAFolder(t *testing.T) {
	a := fresh(t)
	if _, err := Open(t.Context(), Config{Root: a.Root(), Log: a.log}); !errors.Is(err, disk.ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
	r := begin(t, a, "a", t0, 1, None)
	if _, err := a.Create(t.Context(), NewSegment{Camera: "a", Start: t0, Width: 1, Height: 1}); err == nil {
		t.Error("two recordings of a camera at once")
	}
	if err := a.Close(); err == nil {
		t.Error("closed with a recording that is open")
	}
	r.Drop()
}

func TestNames(t *testing.T) {
	for _, tt := range []struct {
		name string
		ms   int64
		ok   bool
	}{
		{"00-00-00.000.mov", 0, true},
		{"23-59-59.999.mov", dayMillis - 1, true},
		{"24-00-00.000.mov", 0, false},
		{"12-60-00.000.mov", 0, false},
		{"12-00-60.000.mov", 0, false},
		{"1-2-3.mov", 0, false},
		{"12-00-00.00a.mov", 0, false},
		{"12-00-00.000.mp4", 0, false},
		{"-1-00-00.000.mov", 0, false},
		{"../0-00.000.mov", 0, false},
	} {
		if ms, ok := parseName(tt.name); ms != tt.ms || ok != tt.ok {
			t.Errorf("%s: %d, %v", tt.name, ms, ok)
		}
	}
	for _, bad := range []string{"2026-02-30", "26-02-01", "1969-12-31", "2262-01-01", "..", "2026-2-1", "2026-02-01x"} {
		if _, ok := parseDay(bad); ok {
			t.Errorf("%s is a day", bad)
		}
	}
	a := fresh(t)
	for _, at := range []time.Time{{}, time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if _, err := a.Create(t.Context(), NewSegment{Camera: "a", Start: at, Width: 1, Height: 1}); err == nil {
			t.Errorf("a segment of %v", at)
		}
	}
	for _, id := range []string{"", "..", "a/b", "A"} {
		if _, err := a.Create(t.Context(), NewSegment{Camera: "a/../" + "b", Start: t0, Width: 1, Height: 1}); err == nil {
			t.Errorf("a segment of camera %q", id)
		}
	}
}

// FuzzSidecar reads any bytes as a sidecar.
func FuzzSidecar(f *testing.F) {
	s := Segment{Start: t0.UnixMilli(), Sequence: 7, Size: 1000, Length: 2000, Pictures: 9, Width: 16, Height: 9, Gap: Full}
	f.Add(appendRecord([]byte(sidecarMagic), &s))
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, sidecarName), string(b))
		ss := readSidecar(dir)
		if len(ss) > len(b)/recordLen || !slices.IsSortedFunc(ss, func(x, y Segment) int { return int(min(max(x.Start-y.Start, -1), 1)) }) {
			t.Errorf("%d segments in %d bytes", len(ss), len(b))
		}
		if err := appendSidecar(dir, &s); err != nil {
			t.Fatal(err)
		}
		if len(b) < len(sidecarMagic) || string(b[:len(sidecarMagic)]) == sidecarMagic {
			if ss := readSidecar(dir); !slices.Contains(ss, s) {
				t.Errorf("what was added is not there: %+v", ss)
			}
		}
	})
}
