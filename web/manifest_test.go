package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"strings"
	"testing"
)

// TestManifest checks that the web app manifest names icons that are there, have
// the size that it says, and those that browsers ask for.
func TestManifest(t *testing.T) {
	resp := get(static(t, "/static/manifest.webmanifest"), "GET", "/static/manifest.webmanifest")
	if kind := resp.Header.Get("Content-Type"); kind != "application/manifest+json" {
		t.Errorf("the type is %q", kind)
	}
	var manifest struct {
		Name     string
		StartURL string `json:"start_url"`
		Icons    []struct{ Src, Sizes, Type, Purpose string }
	}
	if err := json.Unmarshal(bodyOf(t, resp), &manifest); err != nil {
		t.Fatal(err)
	}
	if manifest.Name == "" || manifest.StartURL != "/" {
		t.Errorf("the manifest is of %q at %q", manifest.Name, manifest.StartURL)
	}
	have := map[string]bool{}
	for _, icon := range manifest.Icons {
		resp := get(static(t, icon.Src), "GET", icon.Src)
		if got := resp.Header.Get("Content-Type"); got != icon.Type {
			t.Errorf("%s is %s, the manifest says %s", icon.Src, got, icon.Type)
		}
		have[icon.Sizes+" "+icon.Purpose] = true
		if icon.Type == "image/png" {
			checkSize(t, icon.Src, bodyOf(t, resp), icon.Sizes)
		}
	}
	for _, want := range []string{"192x192 ", "512x512 ", "512x512 maskable"} {
		if !have[want] {
			t.Errorf("there is no icon of %s", want)
		}
	}
}

// TestTouchIcon checks the icon of phones that read no manifest.
func TestTouchIcon(t *testing.T) {
	page := sources(t, ".html")["pages/wall.html"]
	src := all1(`<link rel="apple-touch-icon" href="([^"]+)"`, page)
	if len(src) != 1 {
		t.Fatalf("the wall has the touch icons %v", src)
	}
	checkSize(t, src[0], bodyOf(t, get(static(t, src[0]), "GET", src[0])), "180x180")
	if n := strings.Count(page, `name="theme-color"`); n != 2 {
		t.Errorf("%d theme colours, want one for each scheme", n)
	}
}

// checkSize decodes a picture whole.
func checkSize(t *testing.T, name string, b []byte, want string) {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if got := fmt.Sprintf("%dx%d", img.Bounds().Dx(), img.Bounds().Dy()); got != want {
		t.Errorf("%s is %s, want %s", name, got, want)
	}
}
