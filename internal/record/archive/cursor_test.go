package archive

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"camhub/internal/fault"
)

// sees checks that a frame, and what is read of it, is the picture of an instant.
func sees(t *testing.T, c *Cursor, f Frame, err error, want time.Time) {
	t.Helper()
	if err != nil {
		t.Fatalf("at %v: %v", want.Sub(t0), err)
	}
	if d := f.Time.Sub(want).Abs(); d > 12*time.Microsecond {
		t.Fatalf("at %v after the start, want %v", f.Time.Sub(t0), want.Sub(t0))
	}
	b, err := c.Read(nil)
	if err != nil || !bytes.Equal(b, picture(int(want.Sub(t0).Milliseconds())&0xFFFFFF)) {
		t.Fatalf("the picture of %v is another (%v)", want.Sub(t0), err)
	}
}

func TestCursorFindsEveryPicture(t *testing.T) {
	a := fresh(t)
	record(t, a, "a", t0, 8, None)
	record(t, a, "a", t0.Add(2*time.Second), 8, None)
	record(t, a, "b", t0.Add(time.Second), 8, None)
	live := begin(t, a, "a", t0.Add(10*time.Second), 2, Offline)
	times := []time.Time{}
	for i := range 16 {
		times = append(times, t0.Add(time.Duration(i)*time.Second/4))
	}
	times = append(times, t0.Add(10*time.Second), t0.Add(10250*time.Millisecond))
	c := a.Cursor("a")
	defer c.Close()
	for i, want := range times {
		f, err := c.Seek(want)
		sees(t, c, f, err, want)
		if i > 0 {
			f, err = c.Seek(want.Add(-time.Millisecond))
			sees(t, c, f, err, times[i-1])
		}
	}
	if _, err := c.Seek(t0.Add(-time.Millisecond)); fault.KindOf(err) != fault.NotFound {
		t.Errorf("before the first: %v", err)
	}
	for i := len(times) - 3; i >= 0; i-- { // from where it stood: the last but one
		f, err := c.Prev()
		sees(t, c, f, err, times[i])
	}
	if _, err := c.Prev(); err != io.EOF {
		t.Errorf("before the first: %v", err)
	}
	for _, want := range times[1:] {
		f, err := c.Next()
		sees(t, c, f, err, want)
	}
	if _, err := c.Next(); err != io.EOF {
		t.Errorf("behind the last: %v", err)
	}
	more := t0.Add(10500 * time.Millisecond)
	add(t, live, more)
	f, err := c.Next()
	sees(t, c, f, err, more)
	add(t, live, more.Add(time.Second))
	if err := live.Close(time.Time{}); err != nil {
		t.Fatal(err)
	}
	f, err = c.Next()
	sees(t, c, f, err, more.Add(time.Second))
	if f, b, err := a.Picture("b", t0.Add(time.Hour)); err != nil || len(b) != f.Size || !f.Time.Equal(t0.Add(2750*time.Millisecond)) {
		t.Errorf("the last picture of another camera: %+v, %v", f, err)
	}
}

// TestClockPutBack records the same time twice: nothing is overwritten, and the one
// recorded last is found.
func TestClockPutBack(t *testing.T) {
	a := fresh(t)
	record(t, a, "a", t0, 40, None) // ten seconds
	record(t, a, "a", t0, 4, None)
	record(t, a, "a", t0.Add(5*time.Second), 4, None)
	if n := files(t, a); len(n) != 3 {
		t.Fatalf("files %v", n)
	}
	for _, tt := range []struct {
		at   time.Duration
		want uint64
	}{{500 * time.Millisecond, 2}, {3 * time.Second, 1}, {5500 * time.Millisecond, 3}, {9 * time.Second, 1}, {time.Minute, 1}} {
		if s, ok := a.Find("a", t0.Add(tt.at)); !ok || s.Sequence != tt.want {
			t.Errorf("at %v: segment %d, want %d", tt.at, s.Sequence, tt.want)
		}
	}
	c := a.Cursor("a")
	defer c.Close()
	if _, err := c.Seek(t0); err != nil {
		t.Fatal(err)
	}
	n := 1
	for ; ; n++ {
		if _, err := c.Next(); err != nil {
			break
		}
	}
	if n < 44 {
		t.Errorf("%d pictures on the way, want at least those of the last two", n)
	}
}

func TestFileTakenAway(t *testing.T) {
	a := fresh(t)
	record(t, a, "a", t0, 4, None)
	record(t, a, "a", t0.Add(time.Minute), 4, None)
	if err := os.Remove(a.path("a", t0.Add(time.Minute).UnixMilli())); err != nil {
		t.Fatal(err)
	}
	f, _, err := a.Picture("a", t0.Add(time.Hour))
	if err != nil || !f.Time.Equal(t0.Add(750*time.Millisecond)) {
		t.Errorf("got %v, %v; want the last picture that is there", f.Time, err)
	}
	live := begin(t, a, "b", t0, 4, None)
	if err := os.RemoveAll(filepath.Join(a.Root(), "b")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.Picture("b", t0.Add(time.Hour)); fault.KindOf(err) != fault.NotFound {
		t.Errorf("of a folder that is gone: %v", err)
	}
	if err := live.Sync(); !errors.Is(err, ErrLost) {
		t.Errorf("got %v, want ErrLost", err)
	}
	live.Drop()
}

func TestNothingIsFound(t *testing.T) {
	a := fresh(t)
	for _, at := range []time.Time{{}, t0, t0.AddDate(100000, 0, 0)} {
		if _, _, err := a.Picture("nobody", at); fault.KindOf(err) != fault.NotFound {
			t.Errorf("at %v: %v", at, err)
		}
	}
	record(t, a, "a", t0, 2, None)
	if f, _, err := a.Picture("a", t0.AddDate(100000, 0, 0)); err != nil || !f.Time.Equal(t0.Add(time.Second/4)) {
		t.Errorf("in the far future: %v, %v", f.Time, err)
	}
	c := a.Cursor("a")
	if _, err := c.Next(); err != io.EOF {
		t.Errorf("a cursor that stands nowhere: %v", err)
	}
	if _, err := c.Read(nil); err == nil {
		t.Error("a cursor that stands nowhere has a picture")
	}
}
