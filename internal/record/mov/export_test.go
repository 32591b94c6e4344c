package mov

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/iotest"
	"time"
)

// pieceOf returns a piece of a closed film.
func pieceOf(t testing.TB, f *film) Piece {
	t.Helper()
	r, x, err := Open(f.path)
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	return Piece{Path: f.path, Info: x.Info, Samples: x.Samples, Until: x.Until()}
}

// export writes an export to a file.
func export(t testing.TB, ps []Piece, o ExportOptions) (string, *Export) {
	t.Helper()
	e, err := NewExport(ps, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	path := filepath.Join(t.TempDir(), "export.mov")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(f, io.NewSectionReader(e, 0, e.Size()))
	if err != nil || n != e.Size() || f.Close() != nil {
		t.Fatalf("%d of %d bytes: %v", n, e.Size(), err)
	}
	return path, e
}

// TestExportIsExact exports from the middle of one film to the middle of another,
// of another size, and compares every time and byte.
func TestExportIsExact(t *testing.T) {
	a := shoot(t, start, 30, 64, 48).close(t)
	b := shoot(t, start.Add(2*time.Second), 30, 32, 64).close(t)
	ps := []Piece{pieceOf(t, a), pieceOf(t, b)}
	ps[0].Samples = ps[0].Samples[10:]
	ps[1].Samples = ps[1].Samples[:15]
	path, e := export(t, ps, ExportOptions{})
	got := probe(t, path)
	at := append(slices.Clone(a.times[10:]), b.times[:15]...)
	pictures := append(slices.Clone(a.pictures[10:]), b.pictures[:15]...)
	if len(got) != len(at) || e.Pictures() != len(at) {
		t.Fatalf("%d pictures, want %d", len(got), len(at))
	}
	for i := range at {
		if off := got[i] - Ticks(at[i].Sub(at[0])); off < -1 || off > 1 {
			t.Errorf("picture %d is %d ticks off", i, off)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil || !bytes.HasSuffix(data, bytes.Join(pictures, nil)) {
		t.Errorf("the pictures are others: %v", err)
	}
	if err := iotest.TestReader(io.NewSectionReader(e, 0, e.Size()), data); err != nil {
		t.Error(err)
	}
}

func TestExportTimes(t *testing.T) {
	a := shoot(t, start, 10, 16, 16).close(t)
	later := shoot(t, start.Add(10*time.Hour), 10, 16, 16).close(t)
	dayLater := shoot(t, start.Add(24*time.Hour), 10, 16, 16).close(t)
	before := shoot(t, start.Add(-time.Hour), 10, 16, 16).close(t)
	pa, pl, pd, pb := pieceOf(t, a), pieceOf(t, later), pieceOf(t, dayLater), pieceOf(t, before)
	tests := []struct {
		name   string
		pieces []Piece
		o      ExportOptions
		n      int
		length time.Duration // rounded to a second
	}{
		{"a long gap is kept", []Piece{pa, pl}, ExportOptions{}, 20, 10 * time.Hour},
		{"a gap is shortened", []Piece{pa, pl}, ExportOptions{MaxGap: 5 * time.Second}, 20, 6 * time.Second},
		{"a very long gap is shortened", []Piece{pa, pd}, ExportOptions{MaxGap: 5 * time.Second}, 20, 6 * time.Second},
		{"it lasts longer than 32 bits", []Piece{pa, pl, pd}, ExportOptions{MaxGap: 13 * time.Hour}, 30, 23*time.Hour + time.Second},
		{"a clock put back loses nothing", []Piece{pa, pb}, ExportOptions{}, 20, time.Second},
		{"a timelapse", []Piece{pa, pl, pd}, ExportOptions{Speed: 3600}, 20, 24 * time.Second},
		{"fewer pictures", []Piece{pa}, ExportOptions{MaxFPS: 10}, 4, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path, e := export(t, tt.pieces, tt.o)
			got := probe(t, path)
			if tt.o.Speed == 0 && len(got) != tt.n || e.Pictures() != len(got) {
				t.Errorf("%d pictures, want %d", len(got), tt.n)
			}
			if d := e.Length().Round(time.Second); d != tt.length {
				t.Errorf("it lasts %v, want %v", d, tt.length)
			}
			for i := 1; i < len(got); i++ {
				if got[i] <= got[i-1] {
					t.Errorf("picture %d is not later than the one before", i)
				}
			}
		})
	}
	if _, err := NewExport([]Piece{pa, pd}, ExportOptions{}); !errors.Is(err, ErrRange) {
		t.Errorf("a day without a picture: got %v, want ErrRange", err)
	}
	if _, err := NewExport(nil, ExportOptions{}); !errors.Is(err, ErrEmpty) {
		t.Errorf("nothing: got %v, want ErrEmpty", err)
	}
	if _, err := NewExport([]Piece{pa}, ExportOptions{Speed: -1}); !errors.Is(err, ErrRange) {
		t.Errorf("speed -1: got %v, want ErrRange", err)
	}
}

// TestExportOfManyFiles reads at random places of an export of more files than
// stay open, from several goroutines, and then loses one.
func TestExportOfManyFiles(t *testing.T) {
	var ps []Piece
	for i := range 3 * maxIdle {
		ps = append(ps, pieceOf(t, shoot(t, start.Add(time.Duration(i)*time.Second), 5, 16, 16).close(t)))
	}
	path, e := export(t, ps, ExportOptions{})
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	for g := range 4 {
		go func() {
			b := make([]byte, 1000)
			for i := range 200 {
				off := (i*7919 + g*104729) % (len(want) - len(b))
				if _, err := e.ReadAt(b, int64(off)); err != nil || !bytes.Equal(b, want[off:off+len(b)]) {
					done <- errors.Join(err, errors.New("other bytes"))
					return
				}
			}
			done <- nil
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if n := len(e.files.open); n > maxIdle {
		t.Errorf("%d files stay open", n)
	}
	if err := os.Truncate(ps[5].Path, 100); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, io.NewSectionReader(e, 0, e.Size())); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v, want ErrUnexpectedEOF", err)
	}
}
