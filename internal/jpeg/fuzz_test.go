package jpeg

import (
	"bytes"
	"testing"
)

// FuzzParse holds what every caller relies on: no panic, offsets in bounds, a
// bounded size, a walker that gives the same answer however the bytes are cut,
// and a repair that yields a picture which parses again.
func FuzzParse(f *testing.F) {
	for _, b := range pictures(f) {
		f.Add(b, uint8(1))
		f.Add(without(b, mDHT), uint8(3))
		f.Add(b[:len(b)/2], uint8(200))
	}
	f.Fuzz(func(t *testing.T, b []byte, piece uint8) {
		at, v, w := walk(b, max(1, len(b)))
		at2, v2, w2 := walk(b, 1+int(piece))
		if at != at2 || v != v2 || w != w2 {
			t.Fatalf("in one piece %d at %d, in pieces %d at %d", v, at, v2, at2)
		}
		if end, whole := EntropyEnd(b); whole && (end < 2 || end > len(b)) {
			t.Fatalf("entropy ends at %d of %d", end, len(b))
		}
		in, err := Parse(b)
		if err != nil {
			return
		}
		if in.SOS < 2 || in.End <= in.SOS || in.End > len(b) || in.Width*in.Height > MaxPixels || in.Width*in.Height < 1 {
			t.Fatalf("%+v of %d bytes", in, len(b))
		}
		before := bytes.Clone(b)
		fixed := Repair(b, in)
		if in2, err := Parse(fixed); err != nil || !in2.HasHuffman || in2.End != len(fixed) {
			t.Fatalf("after repair: %+v, %v", in2, err)
		}
		if !bytes.Equal(b, before) {
			t.Fatal("Repair changed its input")
		}
	})
}

func BenchmarkParse(b *testing.B) {
	pic := pictures(b)["420"]
	for b.Loop() {
		if _, err := Parse(pic); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWalker(b *testing.B) {
	pic := pictures(b)["444"]
	b.SetBytes(int64(len(pic)))
	for b.Loop() {
		var w Walker
		if _, v := w.Walk(pic); v != Ended {
			b.Fatal(v)
		}
	}
}

func BenchmarkEntropyEnd(b *testing.B) {
	pic := pictures(b)["444"]
	b.SetBytes(int64(len(pic)))
	for b.Loop() {
		if _, whole := EntropyEnd(pic); !whole {
			b.Fatal("not whole")
		}
	}
}
