package emulated

import (
	"bytes"
	"slices"
	"testing"
)

func TestFindPicture(t *testing.T) {
	whole := photo(t, 8, 4)
	for name, behind := range map[string][]byte{
		"alone": nil, "a film behind": []byte("ftypmp42\xFF\xD9"), "a second picture behind": whole,
	} {
		p, err := findPicture(slices.Concat(whole, behind))
		if err != nil || !bytes.Equal(p.data, whole) || p.width != 8 || p.height != 4 {
			t.Errorf("%s: %d bytes of %d, %d x %d, %v", name, len(p.data), len(whole), p.width, p.height, err)
		}
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "a PNG": []byte("\x89PNG\r\n"), "its beginning": whole[:len(whole)-2], "its end": whole[2:],
		"no size": slices.Concat(whole[:2], whole[len(whole)-2:]),
	} {
		if p, err := findPicture(data); err == nil {
			t.Errorf("%s: taken as a picture of %d bytes", name, len(p.data))
		}
	}
}
