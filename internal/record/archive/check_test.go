package archive

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"camhub/internal/record/disk"
)

// kinds returns what a report has, as kind:file, sorted; ! stands before what is not
// repaired.
func kinds(r *Report) (s []string) {
	for _, f := range r.Findings {
		mark := ""
		if f.Kind.Fault() && !f.Repaired {
			mark = "!"
		}
		s = append(s, mark+string(f.Kind)+":"+filepath.Base(f.Path))
	}
	slices.Sort(s)
	return s
}

func check(t *testing.T, root string, repair bool) *Report {
	t.Helper()
	r, err := Check(t.Context(), root, repair)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestCheck makes one of everything that a check can find, and repairs what can be.
func TestCheck(t *testing.T) {
	a := fresh(t)
	for i := range 8 {
		record(t, a, "a", t0.Add(time.Duration(i)*time.Second), 4, None)
	}
	record(t, a, "a", t0.Add(7500*time.Millisecond), 4, None) // overlaps
	record(t, a, "a", t0.Add(time.Hour), 4, None)             // after a hole
	begin(t, a, "b", t0, 4, None).Drop()
	begin(t, a, "c", t0, 0, None).Drop()
	a.Close()
	if r := check(t, a.Root(), false); r.Segments != 11 || r.Pictures != 44 || r.Cameras != 2 || !slices.Equal(kinds(r), []string{
		"!empty:12-00-00.250.mov", "!unfinished:12-00-00.250.mov", "hole:13-00-00.250.mov", "overlap:12-00-07.750.mov",
	}) {
		t.Errorf("%+v", r)
	}
	file := func(i int) string { return a.path("a", t0.Add(time.Duration(i)*time.Second).UnixMilli()) }
	day := filepath.Dir(file(0))
	write(t, filepath.Join(a.Root(), "mine.txt"), "")
	write(t, filepath.Join(a.Root(), "a", "mine.txt"), "")
	write(t, filepath.Join(day, "mine.txt"), "")
	data, err := os.ReadFile(file(1))
	if err != nil {
		t.Fatal(err)
	}
	damaged := slices.Clone(data)
	damaged[len(damaged)/2] ^= 1
	copy(damaged[800:], make([]byte, 400)) // what a disk does that lost a block
	write(t, file(1), string(damaged))
	write(t, file(2), "nothing like it")
	if err := errors.Join(os.Remove(file(3)), os.Rename(file(4), filepath.Join(day, "12-30-00.000.mov"))); err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, a.Root())
	want := []string{
		"!damaged:12-00-01.250.mov", "!differs:12-00-00.250.mov", "!empty:12-00-00.250.mov", "!misnamed:12-30-00.000.mov",
		"!unfinished:12-00-00.250.mov", "!unindexed:12-30-00.000.mov", "!unreadable:12-00-02.250.mov",
		"foreign:mine.txt", "foreign:mine.txt", "foreign:mine.txt",
		"hole:12-00-05.250.mov", "hole:12-30-00.000.mov", "hole:13-00-00.250.mov", "overlap:12-00-07.750.mov",
	}
	sidecar := filepath.Join(day, sidecarName)
	b, err := os.ReadFile(sidecar)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := parseRecord(b[len(sidecarMagic):])
	other.Pictures++
	write(t, sidecar, string(b)+string(appendRecord(nil, &other)))
	before[sidecar] = string(b) + string(appendRecord(nil, &other))
	r := check(t, a.Root(), false)
	if got := kinds(r); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if after := snapshot(t, a.Root()); !same(before, after) {
		t.Error("a check without repair changed something")
	}
	check(t, a.Root(), true)
	r = check(t, a.Root(), true)
	if got := kinds(r); !slices.Equal(got, []string{
		"!damaged:12-00-01.250.mov", "!misnamed:12-30-00.000.mov", "!unreadable:12-00-02.250.mov",
		"foreign:mine.txt", "foreign:mine.txt", "foreign:mine.txt",
		"hole:12-00-05.250.mov", "hole:12-30-00.000.mov", "hole:13-00-00.250.mov", "overlap:12-00-07.750.mov",
	}) || r.Faults != 3 || r.Clean() {
		t.Errorf("after a repair: %q, %d faults", got, r.Faults)
	}
	if c := reopen(t, Config{Root: a.Root()}); c.Started().Opened != 1 { // the unreadable one
		t.Errorf("started %+v", c.Started())
	}
}

func snapshot(t *testing.T, root string) map[string]string {
	t.Helper()
	m := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		m[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func same(x, y map[string]string) bool {
	if len(x) != len(y) {
		return false
	}
	for k, v := range x {
		if y[k] != v {
			return false
		}
	}
	return true
}

func TestCheckWhileTheHubRuns(t *testing.T) {
	a := fresh(t)
	record(t, a, "a", t0, 4, None)
	live := begin(t, a, "a", t0.Add(time.Second), 4, None)
	empty := begin(t, a, "b", t0, 0, None)
	defer live.Drop()
	defer empty.Drop()
	r := check(t, a.Root(), false)
	if !r.Running || !r.Clean() || r.Pictures != 8 || len(r.Findings) != 2 {
		t.Errorf("%+v", r)
	}
	if _, err := Check(t.Context(), a.Root(), true); !errors.Is(err, disk.ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
	if _, err := Check(t.Context(), filepath.Join(a.Root(), "nowhere"), false); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("no folder: %v", err)
	}
}

// TestCheckWhileFilesAreClosed looks at a folder again and again in which short files
// come, and the oldest go.
func TestCheckWhileFilesAreClosed(t *testing.T) {
	a := reopen(t, Config{Root: t.TempDir(), Policy: Policy{KeepBytes: 60_000}})
	done := make(chan error)
	go func() {
		var err error
		for i := 0; i < 300 && err == nil; i++ {
			at := t0.Add(time.Duration(i) * time.Second)
			r, e := a.Create(t.Context(), NewSegment{Camera: "a", Start: at, Width: 16, Height: 16})
			if err = e; err == nil {
				err = errors.Join(r.Write(at, picture(i)), r.Close(time.Time{}))
			}
			_, e = a.Sweep(t.Context())
			err = errors.Join(err, e)
		}
		done <- err
	}()
	for n := 0; ; n++ {
		select {
		case err := <-done:
			if err != nil || n < 10 {
				t.Errorf("looked %d times, %v", n, err)
			}
			return
		default:
		}
		if r := check(t, a.Root(), false); !r.Clean() && !t.Failed() {
			t.Errorf("%+v", r.Findings)
		}
	}
}
