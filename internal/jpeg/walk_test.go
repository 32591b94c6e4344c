package jpeg

import (
	"bytes"
	"testing"
)

// walk feeds b to a new Walker in pieces of n bytes, and returns the offset
// behind the last byte used.
func walk(b []byte, n int) (at int, v Verdict, w Walker) {
	for at < len(b) && v == More {
		var used int
		used, v = w.Walk(b[at:min(at+n, len(b))])
		at += used
	}
	return at, v, w
}

func TestWalkerFindsTheEnd(t *testing.T) {
	all := pictures(t)
	all["thumbnail"] = segment(all["420"], 0xE1, append([]byte("Exif\x00\x00"), all["gray"]...))
	all["no tables"] = without(all["422"], mDHT)
	all["fill bytes"] = bytes.Replace(all["420"], []byte{0xFF, mSOS}, []byte{0xFF, 0xFF, 0xFF, mSOS}, 1)
	for name, b := range all {
		follow := append(bytes.Clone(b), 0xFF, mEOI, 0xFF, mSOI)
		for _, n := range []int{1, 2, 3, 7, 1000, len(follow)} {
			at, v, w := walk(follow, n)
			if v != Ended || at != len(b) || w.Damaged() {
				t.Errorf("%s in pieces of %d: verdict %d at %d, want the end at %d", name, n, v, at, len(b))
			}
		}
	}
}

func TestWalkerKnowsWhatIsNotAnEnd(t *testing.T) {
	good := pictures(t)["420"]
	sos := bytes.Index(good, []byte{0xFF, mSOS})
	cut := good[:len(good)/2]
	for cut[len(cut)-1] == 0xFF {
		cut = cut[:len(cut)-1]
	}
	tests := map[string]struct {
		b  []byte
		v  Verdict
		at int
	}{
		"cut":                   {cut, More, len(cut)},
		"cut, then another":     {append(bytes.Clone(cut), good...), Restarted, len(cut) + 3},
		"text":                  {[]byte("HTTP"), Broken, 1},
		"SOI without marker":    {[]byte{0xFF, 0xD8, 0x00}, Broken, 3},
		"EOI in the headers":    {append(bytes.Clone(good[:sos]), 0xFF, 0xD9), Broken, sos + 2},
		"SOI in the headers":    {append(bytes.Clone(good[:sos]), good...), Broken, sos + 2},
		"scan before the frame": {without(good, mSOF0), Broken, len(good) - 19 - (len(good) - sos) + 2},
		"segment of 1 byte":     {[]byte{0xFF, 0xD8, 0xFF, 0xE0, 0, 1, 0}, Broken, 6},
	}
	for name, test := range tests {
		for _, n := range []int{1, 2, 3, 1 << 20} {
			if at, v, _ := walk(test.b, n); v != test.v || at != test.at {
				t.Errorf("%s in pieces of %d: verdict %d at %d, want %d at %d", name, n, v, at, test.v, test.at)
			}
		}
	}
}

func TestWalkerSeesDamage(t *testing.T) {
	good := bytes.Clone(pictures(t)["420"])
	copy(good[len(good)-50:], []byte{1, 0xFF, 0x37, 2})
	if at, v, w := walk(good, len(good)); v != Ended || at != len(good) || !w.Damaged() {
		t.Errorf("verdict %d at %d, damaged %v", v, at, w.Damaged())
	}
}

func TestEntropyEnd(t *testing.T) {
	all := pictures(t)
	all["no tables"] = without(all["420"], mDHT)
	for name, b := range all {
		if name == "progressive" {
			if _, whole := EntropyEnd(b); whole {
				t.Error("progressive: reported as whole")
			}
			continue
		}
		bare := b[:len(b)-2]
		for _, tail := range []string{"", "\r\n--frame\r\n", "\xff", "\xff\xd9", "\xff\r\n"} {
			if end, whole := EntropyEnd(append(bytes.Clone(bare), tail...)); !whole || end != len(bare) {
				t.Errorf("%s with %q behind: end %d, whole %v, want %d", name, tail, end, whole, len(bare))
			}
		}
		for cut := 1; cut < len(bare); cut += 1 + cut/20 {
			if end, whole := EntropyEnd(bare[:len(bare)-cut]); whole {
				t.Errorf("%s short of %d bytes: whole, end %d", name, cut, end)
			}
		}
	}
}
