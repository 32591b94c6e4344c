package emulated

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/media"
	"camhub/internal/source"
)

// builtIn holds the slides of a camera without a folder. They are drawn by
// landscape_test.go.
//
//go:generate go test -run TestBuiltInSlides -update .
//go:embed slides/*.jpg
var builtIn embed.FS

// slides shows the JPEG files of a folder in the order of their names, byte by
// byte as they are, and starts over. A file that was added shows in the next
// round. It implements source.Source.
type slides struct {
	options
	env source.Env
}

// Run implements source.Source. A file that is no JPEG or too large is left
// out, with the quirk "bad-slide"; a round without any picture is an error.
func (s *slides) Run(ctx context.Context, out source.Sink) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	album, closeAlbum, err := s.open()
	if err != nil {
		return s.failed("no-folder", "can't be opened", err)
	}
	defer closeAlbum()
	start := time.Now()
	show := &show{album: album, out: out, start: start, pace: newPacer(start, s.FPS)}
	for {
		names, err := listSlides(album)
		if err != nil {
			return s.failed("no-folder", "can't be listed", err)
		}
		shown, faults, err := show.round(ctx, names)
		switch {
		case err != nil:
			return err
		case shown > 0:
		case len(names) == 0:
			return s.failed("no-slides", "holds no JPEG file", nil)
		default:
			return s.failed("no-slides", fmt.Sprintf("holds no usable picture: %v", faults.Errors[0]), faults)
		}
	}
}

// StandsStill implements source.Still: there may be one slide.
func (s *slides) StandsStill() bool { return true }

// open opens the folder. Nothing outside of the data folder's slides can be
// reached through it, whatever symbolic links it holds.
func (s *slides) open() (album fs.FS, closeAlbum func(), err error) {
	if s.Folder == "" {
		album, err = fs.Sub(builtIn, "slides")
		return album, func() {}, err
	}
	top, err := os.OpenRoot(filepath.Join(s.env.DataDir, "slides"))
	if err != nil {
		return nil, nil, err
	}
	defer top.Close()
	root, err := top.OpenRoot(filepath.FromSlash(s.Folder))
	if err != nil {
		return nil, nil, err
	}
	return root.FS(), func() { root.Close() }, nil
}

// failed returns an error that names the folder as the user wrote it. The
// cause, with the path on this machine, is for the log.
func (s *slides) failed(code, what string, cause error) error {
	folder := "The folder slides/" + s.Folder
	if s.Folder == "" {
		folder = "The set of built-in slides"
	}
	return &source.Error{Code: code, Message: folder + " " + what + ".", Err: cause}
}

// A show is one run of slides.
type show struct {
	album fs.FS
	out   source.Sink
	start time.Time
	pace  *pacer
	track *media.Track // of the slide before
}

// maxFaults is how many bad files of a round are reported.
const maxFaults = 10

// round shows every slide once. It fails only when ctx ends.
func (s *show) round(ctx context.Context, names []string) (shown int, faults *multierror.Error, err error) {
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return shown, faults, err
		}
		slide, err := readSlide(s.album, name)
		if err != nil {
			s.out.Quirk("bad-slide")
			if faults == nil || len(faults.Errors) < maxFaults {
				faults = multierror.Append(faults, err)
			}
			continue
		}
		s.write(slide)
		shown++
		if err := s.pace.wait(ctx); err != nil {
			return shown, faults, err
		}
	}
	return shown, faults, nil
}

// write passes a slide on.
func (s *show) write(p picture) {
	if s.track == nil || s.track.Width != p.width || s.track.Height != p.height {
		s.track = &media.Track{Codec: media.JPEG, Width: p.width, Height: p.height}
	}
	now := time.Now()
	write(s.out, &media.Packet{Track: s.track, PTS: now.Sub(s.start), Captured: now, Arrived: now, Key: true, Data: p.data})
}
