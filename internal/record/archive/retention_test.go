package archive

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/record/mov"
)

// left returns the sequence numbers of what is left of a camera.
func left(a *Archive, id camera.ID) (ns []uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if h := a.shelves[id]; h != nil {
		for _, s := range h.segments {
			ns = append(ns, s.Sequence)
		}
	}
	return ns
}

func sweep(t *testing.T, a *Archive, p Policy) Freed {
	t.Helper()
	if err := a.SetPolicy(p); err != nil {
		t.Fatal(err)
	}
	f, err := a.Sweep(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestOldestGoesFirst has two cameras whose segments were recorded in turns, one of
// them with a clock that is years behind.
func TestOldestGoesFirst(t *testing.T) {
	a := fresh(t)
	for i := range 5 {
		record(t, a, "a", t0.Add(time.Duration(i)*time.Minute), 4, None)                     // 1 3 5 7 9
		record(t, a, "b", t0.Add(time.Duration(5-i)*time.Minute).AddDate(-3, 0, 0), 4, None) // 2 4 6 8 10
	}
	one := a.Used() / 10
	f := sweep(t, a, Policy{KeepBytes: one*7 + one/2})
	if f.Segments != 3 || !slices.Equal(left(a, "a"), []uint64{5, 7, 9}) || !slices.Equal(left(a, "b"), []uint64{10, 8, 6, 4}) {
		t.Errorf("freed %+v, left %v and %v", f, left(a, "a"), left(a, "b"))
	}
	if n := files(t, a); len(n) != 7 {
		t.Errorf("files %v", n)
	}
	f = sweep(t, a, Policy{Cameras: map[camera.ID]Limits{"b": {KeepBytes: one + one/2}}})
	if !slices.Equal(left(a, "a"), []uint64{5, 7, 9}) || !slices.Equal(left(a, "b"), []uint64{10}) {
		t.Errorf("freed %+v, left %v and %v", f, left(a, "a"), left(a, "b"))
	}
	a.Close()
	b := reopen(t, Config{Root: a.Root()})
	if s := b.Started(); s.Opened != 0 || s.Segments != 4 || !slices.Equal(left(b, "a"), []uint64{5, 7, 9}) {
		t.Errorf("after a start: %+v, %v", s, left(b, "a"))
	}
}

func TestWhatIsNeverDeleted(t *testing.T) {
	root := t.TempDir()
	a := reopen(t, Config{Root: root})
	at := func(i int) time.Time { return t0.Add(time.Duration(i) * time.Minute) }
	for i := range 8 {
		record(t, a, "a", at(i), 4, None) // 1 to 8, a second each
	}
	live := begin(t, a, "a", at(8), 4, None)
	a.SetPins([]Pin{
		{"a", at(0).Add(-time.Hour), at(0).Add(time.Millisecond)}, // touches 1
		{"a", at(1).Add(time.Second), at(2)},                      // between 2 and 3
		{"b", at(0), at(9)},
		{"a", at(3), at(3).Add(time.Second / 2)},
		{"a", at(3).Add(time.Second / 4), at(3).Add(time.Second)}, // 4
	})
	c := a.Cursor("a")
	if _, err := c.Seek(at(4)); err != nil { // 5
		t.Fatal(err)
	}
	e, err := a.Export(t.Context(), "a", at(6), at(7), mov.ExportOptions{}) // 7
	if err != nil {
		t.Fatal(err)
	}
	if r, err := a.Delete("a", at(0), at(1000)); err != nil || r.Segments != 4 || r.Pinned != 2 || r.InUse != 3 {
		t.Errorf("removed %+v, %v", r, err)
	}
	sweep(t, a, Policy{KeepBytes: 1, MinFreeBytes: 1 << 62})
	if got := left(a, "a"); !slices.Equal(got, []uint64{1, 4, 5, 7}) {
		t.Errorf("left %v", got)
	}
	if err := a.MakeRoom(t.Context(), 1); !errors.Is(err, ErrFull) {
		t.Errorf("got %v, want ErrFull", err)
	}
	if _, err := a.Create(t.Context(), NewSegment{Camera: "b", Start: t0, Width: 1, Height: 1}); !errors.Is(err, ErrFull) {
		t.Errorf("got %v, want ErrFull", err)
	}
	c.Close()
	e.Close()
	a.SetPins(nil)
	sweep(t, a, Policy{KeepBytes: 1})
	if got := left(a, "a"); got != nil {
		t.Errorf("left %v", got)
	}
	if err := live.Close(time.Time{}); err != nil {
		t.Fatal(err)
	}
	sweep(t, a, Policy{KeepBytes: 1})
	if days, _ := os.ReadDir(filepath.Join(root, "a")); len(days) != 0 || a.Used() != 0 {
		t.Errorf("left %v, %d bytes", days, a.Used())
	}
}

func TestDelete(t *testing.T) {
	a := fresh(t)
	for i := range 4 {
		record(t, a, "a", t0.Add(time.Duration(i)*time.Second), 4, None)
	}
	foreign := filepath.Join(a.Root(), "a", "2026-03-01", "mine.txt")
	write(t, foreign, "keep me")
	r, err := a.Delete("a", t0.Add(time.Second/2), t0.Add(3*time.Second))
	if err != nil || r.Segments != 2 || r.Partly != 1 {
		t.Errorf("removed %+v, %v", r, err)
	}
	if r, err := a.Delete("a", t0.AddDate(-1000, 0, 0), t0.AddDate(100000, 0, 0)); err != nil || r.Segments != 2 {
		t.Errorf("removed %+v, %v", r, err)
	}
	if b, err := os.ReadFile(foreign); err != nil || string(b) != "keep me" {
		t.Error("a foreign file was touched")
	}
	if _, err := a.Delete("a", t0, t0); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an empty range: %v", err)
	}
	if r, err := a.Delete("nobody", t0, t0.Add(time.Hour)); err != nil || r != (Removed{}) {
		t.Errorf("nobody: %+v, %v", r, err)
	}
}

// TestDeletingFails has a folder that can't be written to, in the way that also
// stops root: it is on the way of a file.
func TestDeletingFails(t *testing.T) {
	a := fresh(t)
	record(t, a, "a", t0, 4, None)
	record(t, a, "a", t0.Add(time.Second), 4, None)
	path := a.path("a", t0.UnixMilli())
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o755)); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(path, "x"), "")
	if err := a.SetPolicy(Policy{KeepBytes: 1}); err != nil {
		t.Fatal(err)
	}
	if f, err := a.Sweep(t.Context()); err == nil || f.Segments != 0 {
		t.Errorf("freed %+v, %v", f, err)
	}
	if got := left(a, "a"); !slices.Equal(got, []uint64{1, 2}) {
		t.Errorf("the index has %v; what is still there must stay in it", got)
	}
}

func TestPolicyIsChecked(t *testing.T) {
	a := fresh(t)
	for _, p := range []Policy{
		{KeepBytes: -1}, {MinFreeBytes: -1},
		{Cameras: map[camera.ID]Limits{"a": {KeepAge: -1}}},
		{Cameras: map[camera.ID]Limits{"a": {KeepBytes: -1}}},
		{Cameras: map[camera.ID]Limits{"..": {}}},
	} {
		if err := a.SetPolicy(p); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if p := a.Policy(); p.KeepBytes != 0 || len(p.Cameras) > 0 {
		t.Errorf("policy %+v", p)
	}
}

func TestForecast(t *testing.T) {
	a := fresh(t)
	now := time.Now()
	for i := range 10 {
		record(t, a, "a", now.Add(time.Duration(i-20)*time.Second), 4, None)
		record(t, a, "b", now.Add(time.Duration(i-20)*time.Second), 4, None)
	}
	record(t, a, "gone", now.AddDate(0, 0, -3), 4, None)
	a.SetPins([]Pin{{"gone", now.AddDate(-1, 0, 0), now}})
	size := a.UsedBy("a")
	perDay := size * 24 * 360
	// A short while has some 6 MB, so that the disk of any machine has room for 20.
	const parts, while = 50, 24 * time.Hour / 50
	some := perDay / parts
	p := Policy{KeepBytes: a.UsedBy("gone") + 20*some, Cameras: map[camera.ID]Limits{
		"a": {KeepBytes: 5 * some, KeepAge: 6 * while}, "b": {KeepAge: 20 * while},
	}}
	f, err := a.Forecast(p)
	if err != nil || len(f.Cameras) != 3 {
		t.Fatalf("%+v, %v", f, err)
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if got < want*0.98 || got > want*1.02 {
			t.Errorf("%s: %v, want about %v", what, got, want)
		}
	}
	ca, cb, gone := f.Cameras[0], f.Cameras[1], f.Cameras[2]
	near("a day of a", float64(ca.BytesPerDay), float64(perDay))
	near("days of a", ca.Days, 5.0/parts)
	near("days of b", cb.Days, 15.0/parts)
	near("days", f.Days, 15.0/parts)
	if ca.Holds() || cb.Holds() || gone.BytesPerDay != 0 || gone.Pinned != gone.Used || !gone.Holds() || f.Pinned != gone.Used {
		t.Errorf("%+v", f.Cameras)
	}
	if ca.Measured.Round(time.Second) != 10*time.Second || ca.Segments != 10 || !f.Oldest.Equal(gone.Oldest) {
		t.Errorf("%+v", f)
	}
	p.Cameras["b"] = Limits{KeepAge: 14 * while}
	if f, _ = a.Forecast(p); !f.Cameras[1].Holds() {
		t.Errorf("%+v", f.Cameras[1])
	}
}

// TestExportAcrossSegments exports across a segment that is being written.
func TestExportAcrossSegments(t *testing.T) {
	a := fresh(t)
	record(t, a, "a", t0, 8, None)
	live := begin(t, a, "a", t0.Add(2*time.Second), 8, None)
	e, err := a.Export(t.Context(), "a", t0.Add(time.Second), t0.Add(3*time.Second), mov.ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	b := make([]byte, e.Size())
	if _, err := e.ReadAt(b, 0); err != nil || e.Pictures() != 8 || e.Length() != 2*time.Second {
		t.Errorf("%d pictures of %v, %v", e.Pictures(), e.Length(), err)
	}
	for i := 1000; i < 3000; i += 250 {
		if !strings.Contains(string(b), string(picture(i))) {
			t.Errorf("the picture of %d ms is not in it", i)
		}
	}
	if err := live.Close(time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Export(t.Context(), "a", t0.Add(time.Hour), t0.Add(2*time.Hour), mov.ExportOptions{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("nothing: %v", err)
	}
	if _, err := a.Export(t.Context(), "a", t0, t0, mov.ExportOptions{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no time: %v", err)
	}
	a.mu.Lock()
	holds := len(a.shelves["a"].holds)
	a.mu.Unlock()
	if holds != 1 {
		t.Errorf("%d holds, want that of the open export", holds)
	}
}
