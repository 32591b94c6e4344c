package export

import (
	"testing"
)

// chunkAt returns the name and size of the chunk at a place.
func chunkAt(b []byte, at int64) (string, int64) {
	return string(b[at : at+4]), int64(le.Uint32(b[at+4:]))
}

// checkRIFFs walks a file chunk by chunk, and checks that each size leads to the next
// chunk and that every entry of every index leads to a frame: programs forgive much
// of that until somebody seeks. It returns the number of RIFFs and of frames.
func checkRIFFs(t *testing.T, b []byte) (riffs, frames int) {
	t.Helper()
	super := int64(0) // where the index of indexes is
	for at := int64(0); at < int64(len(b)); riffs++ {
		name, size := chunkAt(b, at)
		end := at + 8 + size
		if kind := string(b[at+8 : at+12]); name != "RIFF" || (kind != "AVI ") != (riffs > 0) || end > int64(len(b)) {
			t.Fatalf("at %d: %s %s of %d bytes", at, name, kind, size)
		}
		var movi int64
		var found []aviEntry
		for at += 12; at < end; {
			name, size := chunkAt(b, at)
			switch name {
			case "LIST":
				switch string(b[at+8 : at+12]) {
				case "hdrl", "strl":
					at += 12
					continue
				case "movi":
					movi = at + 8
					at += 12
					continue
				}
			case "indx":
				super = at + 8
			case "00dc":
				found = append(found, aviEntry{uint32(at + 8 - movi), uint32(size)})
			case "ix00":
				checkIndex(t, b[at+8:at+8+size], movi, found)
				entry := super + 24 + 16*int64(riffs)
				if int64(le.Uint64(b[entry:])) != at || int64(le.Uint32(b[entry+8:])) != size+8 || int(le.Uint32(b[entry+12:])) != len(found) {
					t.Errorf("the index of indexes does not lead to the one at %d", at)
				}
			case "idx1":
				checkOldIndex(t, b[at+8:at+8+size], found)
			case "avih", "strh", "strf", "dmlh":
			default:
				t.Fatalf("at %d there is %q", at, name)
			}
			at += 8 + size + size%2
		}
		if at != end {
			t.Fatalf("a RIFF ends at %d, and its last chunk at %d", end, at)
		}
		frames += len(found)
	}
	if n := int(le.Uint32(b[super+4:])); n != riffs {
		t.Errorf("the index of indexes has %d entries, want %d", n, riffs)
	}
	return riffs, frames
}

func checkIndex(t *testing.T, b []byte, movi int64, found []aviEntry) {
	t.Helper()
	base, n := int64(le.Uint64(b[12:])), int(le.Uint32(b[4:]))
	if n != len(found) || len(b) != 24+8*n {
		t.Fatalf("an index has %d entries, want %d", n, len(found))
	}
	for i, f := range found {
		e := b[24+8*i:]
		if base+int64(le.Uint32(e)) != movi+int64(f.offset) || le.Uint32(e[4:]) != f.size {
			t.Fatalf("entry %d of an index does not lead to its frame", i)
		}
	}
}

func checkOldIndex(t *testing.T, b []byte, found []aviEntry) {
	t.Helper()
	if len(b) != 16*len(found) {
		t.Fatalf("the old index has %d entries, want %d", len(b)/16, len(found))
	}
	for i, f := range found {
		e := b[16*i:]
		if le.Uint32(e[8:]) != f.offset-8 || le.Uint32(e[12:]) != f.size {
			t.Fatalf("entry %d of the old index does not lead to its frame", i)
		}
	}
}
