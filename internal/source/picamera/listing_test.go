package picamera

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"camhub/internal/device"
)

// brief writes cameras down in short.
func brief(list []device.Device) string {
	var b strings.Builder
	for _, d := range list {
		fmt.Fprintf(&b, "%s %s %s %q", d.Device, d.Driver, d.Bus, d.Name)
		for _, f := range d.Formats {
			fmt.Fprintf(&b, "; %s (%s)", f.FourCC, f.Name)
			for _, s := range f.Sizes {
				fmt.Fprintf(&b, " %dx%d@%v", s.Width, s.Height, s.Rates)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestListings(t *testing.T) {
	files, err := filepath.Glob("testdata/listings/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var got strings.Builder
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list := parseListing(string(b))
		fmt.Fprintf(&got, "%s\n%s", filepath.Base(file), brief(list))
		for _, d := range list {
			if text, err := json.Marshal(d); err != nil || strings.Contains(string(text), "null") {
				t.Errorf("%s: %s, %v", file, text, err)
			}
		}
	}
	want, err := os.ReadFile("testdata/listings.golden")
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

func FuzzListing(f *testing.F) {
	files, err := filepath.Glob("testdata/listings/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, text string) {
		list := parseListing(text)
		if len(list) > maxCameras {
			t.Errorf("%d cameras", len(list))
		}
		for _, d := range list {
			for _, f := range d.Formats {
				for _, s := range f.Sizes {
					if s.Width < 10 || s.Height < 10 || len(s.Rates) > 1 {
						t.Errorf("size %+v", s)
					}
				}
			}
			if _, err := json.Marshal(d); err != nil {
				t.Error(err)
			}
		}
	})
}
