package mov

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func times(x *Index) (ts []int64) {
	for _, s := range x.Samples {
		ts = append(ts, s.Time)
	}
	return ts
}

// counted counts the reads.
type counted struct {
	io.ReaderAt
	reads int
}

func (c *counted) ReadAt(b []byte, off int64) (int, error) {
	c.reads++
	return c.ReaderAt.ReadAt(b, off)
}

func TestClosedFileOpensInTwoReads(t *testing.T) {
	f := shoot(t, start, 50, 64, 48).close(t)
	data, err := os.ReadFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	r := &counted{ReaderAt: bytes.NewReader(data)}
	x, err := Read(r, int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if !x.Closed || r.reads != 2 {
		t.Errorf("closed %v, %d reads", x.Closed, r.reads)
	}
	f.check(t, &x.Index, 50)
	w, err := Walk(bytes.NewReader(data), int64(len(data)))
	if err != nil || !w.Closed || !slices.Equal(w.Samples, x.Samples) || w.End != x.End {
		t.Errorf("the walk finds another file: %v", err)
	}
	if got := probe(t, f.path); !slices.Equal(got, times(&x.Index)) {
		t.Errorf("ffprobe sees %v, want %v", got, times(&x.Index))
	}
}

func TestUnfinishedFileIsPlayable(t *testing.T) {
	f := shoot(t, start, 20, 64, 48)
	x := f.w.Index()
	f.check(t, &x, 20)
	_, r, err := open(t, f.path)
	if err != nil || r.Closed {
		t.Fatal(err, r)
	}
	f.check(t, &r.Index, 20)
	if got := probe(t, f.path); !slices.Equal(got, times(&x)) {
		t.Errorf("ffprobe sees %v, want %v", got, times(&x))
	}
}

func open(t *testing.T, path string) (*os.File, *File, error) {
	f, x, err := Open(path)
	if err == nil {
		t.Cleanup(func() { f.Close() })
	}
	return f, x, err
}

// TestCutAnywhere cuts a file behind every byte of its last two pictures and its
// index, and repairs it.
func TestCutAnywhere(t *testing.T) {
	f := shoot(t, start, 5, 16, 16)
	ends := []int64{}
	for _, s := range f.w.Index().Samples {
		ends = append(ends, s.Offset+int64(s.Size))
	}
	f.close(t)
	whole, err := os.ReadFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	for _, closedHead := range []bool{true, false} {
		for n := ends[2]; n < int64(len(whole)); n += 3 {
			cut := slices.Clone(whole[:n])
			if !closedHead {
				copy(cut[ftypLen:], openHead)
			}
			if err := os.WriteFile(f.path, cut, 0o644); err != nil {
				t.Fatal(err)
			}
			want := 0
			for want < len(ends) && ends[want] <= n {
				want++
			}
			x, err := Repair(f.path)
			if err != nil || x.Size != n || x.Whole != ends[want-1] {
				t.Fatalf("cut at %d: %v, %+v", n, err, x)
			}
			_, y, err := open(t, f.path)
			if err != nil || !y.Closed {
				t.Fatalf("cut at %d: %v, closed %v", n, err, y != nil && y.Closed)
			}
			f.check(t, &y.Index, want)
		}
	}
	probe(t, f.path)
}

func TestRepairLeavesWhatIsWell(t *testing.T) {
	f := shoot(t, start, 3, 16, 16).close(t)
	before, _ := os.ReadFile(f.path)
	if x, err := Repair(f.path); err != nil || !x.Closed {
		t.Error(err)
	}
	if after, _ := os.ReadFile(f.path); !bytes.Equal(before, after) {
		t.Error("a closed file was changed")
	}
	empty := shoot(t, start, 0, 16, 16)
	if _, err := Repair(empty.path); !errors.Is(err, ErrEmpty) {
		t.Errorf("got %v, want ErrEmpty", err)
	}
	other := filepath.Join(t.TempDir(), "other.mov")
	if err := os.WriteFile(other, bytes.Repeat([]byte("no film\n"), 500), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Repair(other); !errors.Is(err, ErrFormat) {
		t.Errorf("got %v, want ErrFormat", err)
	}
}

// TestDamageStopsTheWalk changes one byte of each part of a fragment.
func TestDamageStopsTheWalk(t *testing.T) {
	f := shoot(t, start, 5, 16, 16)
	s := f.w.Index().Samples[3]
	whole, err := os.ReadFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	for at := s.Offset - fragmentLen; at < s.Offset+2; at++ {
		if at >= s.Offset-fragmentLen+atDuration && at < s.Offset-fragmentLen+atSize {
			continue // any duration may be
		}
		bad := slices.Clone(whole)
		bad[at] ^= 0x40
		x, err := Walk(bytes.NewReader(bad), int64(len(bad)))
		if err != nil || len(x.Samples) != 3 {
			t.Fatalf("byte %d of the fragment: %v, %d pictures, want 3", at-s.Offset+fragmentLen, err, len(x.Samples))
		}
	}
	whole[s.Offset+int64(s.Size)-1] = 0
	if x, err := Walk(bytes.NewReader(whole), int64(len(whole))); err != nil || len(x.Samples) != 3 {
		t.Errorf("a picture without an end: %v, %d pictures", err, len(x.Samples))
	}
}

func TestWriterRefuses(t *testing.T) {
	if _, err := Create(filepath.Join(t.TempDir(), "x"), Info{Width: 70000, Height: 1}); !errors.Is(err, ErrRange) {
		t.Errorf("got %v, want ErrRange", err)
	}
	f := shoot(t, start, 1, 16, 16)
	if _, err := Create(f.path, Info{Width: 1, Height: 1}); !errors.Is(err, os.ErrExist) {
		t.Errorf("got %v, want ErrExist", err)
	}
	for _, bad := range []string{"", "\xff\xd8", "\xff\xd8--\xff\xd8", "--\xff\xd9"} {
		if err := f.w.Write(start, []byte(bad)); !errors.Is(err, ErrPicture) {
			t.Errorf("%q: got %v, want ErrPicture", bad, err)
		}
	}
	if err := f.w.Write(start.Add(20000*time.Hour), f.pictures[0]); err != nil {
		t.Error(err)
	}
	if err := f.w.Write(start.Add(25000*time.Hour), f.pictures[0]); !errors.Is(err, ErrRange) {
		t.Errorf("got %v, want ErrRange", err)
	}
}

func TestTimeGoesOnlyForward(t *testing.T) {
	f := shoot(t, start, 0, 16, 16)
	p := picture(t, 0, 16, 16)
	for _, d := range []time.Duration{0, 0, -time.Hour, time.Millisecond} {
		if err := f.w.Write(start.Add(d), p); err != nil {
			t.Fatal(err)
		}
	}
	x := f.w.Index()
	if got := times(&x); !slices.Equal(got, []int64{0, 1, 2, 90}) {
		t.Errorf("times %v", got)
	}
	if x, err := f.w.Close(start.Add(-time.Hour)); err != nil || x.End != 91 {
		t.Errorf("end %d, %v", x.End, err)
	}
	probe(t, f.path)
}

func TestFind(t *testing.T) {
	f := shoot(t, start, 9, 16, 16)
	x := f.w.Index()
	for i := range x.Samples {
		if got := x.Find(x.At(i)); got != i {
			t.Errorf("at picture %d: %d", i, got)
		}
		if got := x.Find(x.At(i).Add(-time.Millisecond)); got != i-1 {
			t.Errorf("before picture %d: %d", i, got)
		}
	}
	if got := x.Find(start.Add(time.Hour)); got != 8 {
		t.Errorf("after the end: %d", got)
	}
}

func TestTicks(t *testing.T) {
	for _, d := range []time.Duration{0, 1, 5555, 5556, time.Second, -time.Second, 100*365*24*time.Hour + 17, -33 * time.Millisecond} {
		if off := (Duration(Ticks(d)) - d).Abs(); off > 5556 {
			t.Errorf("%v comes back %v off", d, off)
		}
	}
	for _, n := range []int64{0, 1, -1, 7, 89999, 90001, maxTime, -maxTime} {
		if got := Ticks(Duration(n)); got != n {
			t.Errorf("%d ticks become %d", n, got)
		}
	}
}

// TestFarFuture has times that do not fit into 32 bits of 1904.
func TestFarFuture(t *testing.T) {
	f := shoot(t, start.AddDate(80, 0, 0), 3, 16, 16).close(t)
	_, x, err := open(t, f.path)
	if err != nil || !x.Closed || x.At(1).Sub(f.times[1]).Abs() > Duration(1) {
		t.Fatal(err, x)
	}
	probe(t, f.path)
	out := run(t, "ffprobe", "-show_entries", "format_tags=creation_time", "-of", "csv=p=0", f.path)
	if !strings.HasPrefix(out, "2106-03-01T23:59:58") {
		t.Errorf("ffprobe says %q", out)
	}
}
