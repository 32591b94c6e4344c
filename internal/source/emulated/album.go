package emulated

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"camhub/internal/jpeg"
)

// Limits of a folder of slides.
const (
	maxEntries = 10_000
	maxSlide   = 16 << 20 // bytes
)

// A picture is a whole JPEG, from SOI to EOI.
type picture struct {
	data          []byte
	width, height int
}

// listSlides returns the names of the JPEG files in album, sorted by bytes.
// Hidden files are none of ours.
func listSlides(album fs.FS) ([]string, error) {
	f, err := album.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	dir, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil, errors.New("is not a folder")
	}
	entries, err := dir.ReadDir(maxEntries + 1)
	if err != nil && !errors.Is(err, io.EOF) { // EOF: it is empty
		return nil, err
	}
	if len(entries) > maxEntries {
		return nil, fmt.Errorf("more than %d files", maxEntries)
	}
	var names []string
	for _, e := range entries {
		ext := strings.ToLower(path.Ext(e.Name()))
		if (ext == ".jpg" || ext == ".jpeg") && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// readSlide reads one file of album. Its errors name the file.
func readSlide(album fs.FS, name string) (picture, error) {
	info, err := fs.Stat(album, name) // before opening, as opening a pipe would block
	if err != nil {
		return picture{}, err
	}
	if !info.Mode().IsRegular() {
		return picture{}, fmt.Errorf("%s: is not a file", name)
	}
	if info.Size() > maxSlide {
		return picture{}, fmt.Errorf("%s: is larger than %d MiB", name, maxSlide>>20)
	}
	f, err := album.Open(name)
	if err != nil {
		return picture{}, err
	}
	defer f.Close()
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return picture{}, fmt.Errorf("read %s: %w", name, err)
	}
	p, err := findPicture(data)
	if err != nil {
		return picture{}, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

// findPicture returns the JPEG that data starts with, without what phones put
// behind it, such as a film or a second picture, and with its Huffman tables.
func findPicture(data []byte) (picture, error) {
	var w jpeg.Walker
	n, verdict := w.Walk(data)
	switch {
	case n < 2:
		return picture{}, errors.New("does not start like a JPEG (no SOI)")
	case verdict == jpeg.More:
		return picture{}, fmt.Errorf("breaks off at byte %d (no EOI)", n)
	case verdict != jpeg.Ended || w.Damaged():
		return picture{}, fmt.Errorf("is damaged before byte %d", n)
	}
	in, err := jpeg.Parse(data[:n])
	if err != nil {
		return picture{}, err
	}
	if !in.HasHuffman {
		return picture{jpeg.Repair(data[:n:n], in), in.Width, in.Height}, nil
	}
	return picture{data[:n:n], in.Width, in.Height}, nil
}
