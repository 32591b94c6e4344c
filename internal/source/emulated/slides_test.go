package emulated

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"camhub/internal/source"
)

// A folder is the slides folder of a data folder.
type folder struct {
	t    *testing.T
	data string
}

func newFolder(t *testing.T) folder {
	f := folder{t, t.TempDir()}
	must(t, os.MkdirAll(f.path("show"), 0o755))
	return f
}

func (f folder) path(name string) string {
	return filepath.Join(f.data, "slides", filepath.FromSlash(name))
}

func (f folder) write(name string, b []byte) { must(f.t, os.WriteFile(f.path(name), b, 0o644)) }

// run runs the folder "show" for d at a picture a second.
func (f folder) run(out *sink, d time.Duration) error {
	ctx, cancel := context.WithTimeout(f.t.Context(), d)
	defer cancel()
	return open(f.t, `{"pattern": "slides", "folder": "show"}`, source.Env{DataDir: f.data}).Run(ctx, out)
}

// photo returns a JPEG of that size.
func photo(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil))
	return b.Bytes()
}

func TestBuiltInSlidesInTurn(t *testing.T) {
	for _, test := range []struct {
		options string
		fps     float64
	}{
		{`{"pattern": "slides"}`, 1},
		{`{"pattern": "slides", "fps": 4}`, 4},
	} {
		synctest.Test(t, func(t *testing.T) {
			var out sink
			runFor(t, open(t, test.options, source.Env{}), &out, time.Duration(6*float64(time.Second)/test.fps)+1)
			checkTimes(t, out.at, instants(7, test.fps))
			for i, p := range out.packets {
				want, err := builtIn.ReadFile("slides/" + scenes[i%len(scenes)].name + ".jpg")
				must(t, err)
				if !bytes.Equal(p.Data, want) {
					t.Errorf("picture %d is not %s", i, scenes[i%len(scenes)].name)
				}
				if p.Track != out.packets[0].Track || p.Track.Width != slideWidth || p.Track.Height != slideHeight || !p.Key {
					t.Errorf("picture %d: track %+v", i, p.Track)
				}
			}
		})
	}
}

func TestFolderInNameOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFolder(t)
		for name, width := range map[string]int{"b.jpg": 2, "a.JPEG": 1, "ab.Jpg": 1, ".hidden.jpg": 9, "c.png": 9, "jpg": 9} {
			f.write("show/"+name, photo(t, width, 1))
		}
		must(t, os.Mkdir(f.path("show/z.jpg"), 0o755)) // not a file
		var out sink
		out.after = func() {
			if len(out.packets) == 3 {
				f.write("show/aa.jpg", photo(t, 7, 1)) // for the next round
			}
		}
		if err := f.run(&out, 6*time.Second+1); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		var widths []int
		for _, p := range out.packets {
			widths = append(widths, p.Track.Width)
		}
		if got := fmt.Sprint(widths); got != "[1 1 2 1 7 1 2]" {
			t.Errorf("slides of width %v", got)
		}
		checkTimes(t, out.at, instants(7, 1))
		if out.packets[0].Track != out.packets[1].Track || out.packets[1].Track == out.packets[2].Track {
			t.Error("want a new track exactly when the size changes")
		}
		if out.quirks["bad-slide"] == 0 {
			t.Error("the folder named like a picture is not told about")
		}
	})
}

func TestUnusableFilesAreLeftOut(t *testing.T) {
	good := photo(t, 32, 16)
	outside := filepath.Join(t.TempDir(), "secret.jpg")
	must(t, os.WriteFile(outside, good, 0o644))
	tests := []struct {
		name string
		make func(f folder, name string) error
		want string // in the message when it is alone
	}{
		{"text", func(f folder, name string) error { return os.WriteFile(name, []byte("hello"), 0o644) }, "no SOI"},
		{"empty", func(f folder, name string) error { return os.WriteFile(name, nil, 0o644) }, "no SOI"},
		{"cut", func(f folder, name string) error { return os.WriteFile(name, good[:len(good)-2], 0o644) }, "no EOI"},
		{"huge", func(f folder, name string) error {
			if err := os.WriteFile(name, good, 0o644); err != nil {
				return err
			}
			return os.Truncate(name, maxSlide+1)
		}, "larger than 16 MiB"},
		{"folder", func(f folder, name string) error { return os.Mkdir(name, 0o755) }, "is not a file"},
		{"link out", func(f folder, name string) error { return os.Symlink(outside, name) }, "escapes"},
		{"relative link out", func(f folder, name string) error {
			must(f.t, os.WriteFile(filepath.Join(f.data, "secret.jpg"), good, 0o644))
			return os.Symlink("../../secret.jpg", name)
		}, "escapes"},
		{"link to a neighbour folder", func(f folder, name string) error {
			must(f.t, os.Mkdir(f.path("other"), 0o755))
			f.write("other/a.jpg", good)
			return os.Symlink("../other/a.jpg", name)
		}, "escapes"},
		{"broken link", func(f folder, name string) error { return os.Symlink("nothing.jpg", name) }, "no such file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFolder(t)
				must(t, test.make(f, f.path("show/a.jpg")))
				var alone sink
				checkFailure(t, f, f.run(&alone, time.Minute), "no-slides", test.want)
				if len(alone.packets) != 0 || alone.quirks["bad-slide"] != 1 {
					t.Errorf("%d packets, quirks %v", len(alone.packets), alone.quirks)
				}
				f.write("show/b.jpg", good)
				var out sink
				if err := f.run(&out, 2*time.Second+1); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("beside a good file: %v", err)
				}
				if len(out.packets) != 3 || !bytes.Equal(out.packets[0].Data, good) {
					t.Errorf("beside a good file: %d packets, want 3", len(out.packets))
				}
			})
		})
	}
}

// checkFailure checks an error of a show, and that its message is fit for all
// to see.
func checkFailure(t *testing.T, f folder, err error, code, message string) {
	t.Helper()
	e, ok := errors.AsType[*source.Error](err)
	if !ok {
		t.Fatalf("error %v, want a source.Error", err)
	}
	if e.Code != code || !strings.Contains(e.Message, message) {
		t.Errorf("error %s %q, want %s and %q", e.Code, e.Message, code, message)
	}
	if strings.Contains(e.Message, f.data) {
		t.Errorf("the message shows a path of this machine: %s", e.Message)
	}
}

func TestFolderThatCantBeShown(t *testing.T) {
	tests := []struct {
		name, code, message string
		make                func(f folder) error
	}{
		{"missing", "no-folder", "slides/show can't be opened", func(f folder) error { return os.Remove(f.path("show")) }},
		{"no slides folder", "no-folder", "can't be opened", func(f folder) error { return os.RemoveAll(f.path("")) }},
		{"empty", "no-slides", "holds no JPEG file", func(f folder) error { return nil }},
		{"a file", "no-folder", "can't be opened", func(f folder) error {
			must(f.t, os.Remove(f.path("show")))
			return os.WriteFile(f.path("show"), photo(f.t, 1, 1), 0o644)
		}},
		{"link out", "no-folder", "can't be opened", func(f folder) error {
			outside := f.t.TempDir()
			must(f.t, os.WriteFile(filepath.Join(outside, "a.jpg"), photo(f.t, 1, 1), 0o644))
			must(f.t, os.Remove(f.path("show")))
			return os.Symlink(outside, f.path("show"))
		}},
		{"link to the data folder", "no-folder", "can't be opened", func(f folder) error {
			must(f.t, os.WriteFile(filepath.Join(f.data, "a.jpg"), photo(f.t, 1, 1), 0o644))
			must(f.t, os.Remove(f.path("show")))
			return os.Symlink("..", f.path("show"))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFolder(t)
				must(t, test.make(f))
				var out sink
				checkFailure(t, f, f.run(&out, time.Minute), test.code, test.message)
				if len(out.packets) != 0 {
					t.Errorf("%d packets", len(out.packets))
				}
			})
		})
	}
}

// TestFolderMayLinkInside has a link that stays below slides.
func TestFolderMayLinkInside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFolder(t)
		must(t, os.Rename(f.path("show"), f.path("real")))
		must(t, os.Symlink("real", f.path("show")))
		f.write("real/a.jpg", photo(t, 8, 8))
		var out sink
		if err := f.run(&out, 1); !errors.Is(err, context.DeadlineExceeded) || len(out.packets) != 1 {
			t.Errorf("%d packets, error %v", len(out.packets), err)
		}
	})
}

func TestFolderWithTooManyFiles(t *testing.T) {
	album := fstest.MapFS{}
	for i := range maxEntries {
		album[fmt.Sprintf("%05d.jpg", i)] = &fstest.MapFile{}
	}
	names, err := listSlides(album)
	if err != nil || len(names) != maxEntries {
		t.Errorf("%d files: %d names, error %v", maxEntries, len(names), err)
	}
	album["one more.txt"] = &fstest.MapFile{}
	if _, err := listSlides(album); err == nil {
		t.Errorf("more than %d files are taken", maxEntries)
	}
}

func TestFolderIsClosed(t *testing.T) {
	const open = "/proc/self/fd"
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // it closes what is forgotten
	before, err := os.ReadDir(open)
	if err != nil {
		t.Skip("the system does not list open files: ", err)
	}
	f := newFolder(t)
	f.write("show/a.jpg", photo(t, 8, 8))
	const runs = 50
	for range runs {
		var out sink
		if err := f.run(&out, time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
	}
	after, err := os.ReadDir(open)
	must(t, err)
	if len(after) > len(before)+runs/2 {
		t.Errorf("%d open files became %d", len(before), len(after))
	}
}
