// Package emulated is the kind of camera that needs no camera: a drawn clock,
// or a slide show. A new user sees it first, and tests and demonstrations of
// many cameras run on it, so it costs next to nothing: a clock is put together
// from coded pieces, and a picture is not coded as a whole even once.
//
// # How a clock is put together
//
// Every MCU, the 16 by 16 pixels that a JPEG with 4:2:0 chroma is made of, is
// a restart interval of its own. So its coded bytes depend on no other MCU and
// a picture is nothing but all of them in a row, with the markers RST0 to RST7
// in between. A plate holds the coded test card of one size, and what has been
// shown on it: digits, phases of the bar. All clocks of that size share it. A
// frame lists the MCUs that one clock shows now in place of the plate's.
//
// The price is about 5 bytes an MCU, and large flat areas are the dearer for it.
package emulated

import (
	"encoding/json"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/fault"
	"camhub/internal/source"
	"camhub/internal/strict"
)

// Kind is the line for the table of kinds. Cameras that are parsed by it share
// what they have in common for as long as one of them runs.
var Kind = newKind()

func newKind() source.Kind {
	shared := new(plates)
	return source.Kind{
		Name:    "emulated",
		Doc:     "A drawn clock or a slide show, for trying things out without a camera.",
		Example: `{"pattern": "clock", "width": 1280, "height": 720, "fps": 10}`,
		Parse: func(options json.RawMessage) (source.Config, *multierror.Error) {
			o, errs := parse(options)
			if errs.ErrorOrNil() != nil {
				return nil, errs
			}
			return &config{options: o, plates: shared}, nil
		},
	}
}

// The patterns.
const (
	patternClock  = "clock"
	patternSlides = "slides"
)

// options are what a user writes. Width and height are those of a clock; a
// slide has its own. A clock has no use for the folder.
type options struct {
	Pattern string  `json:"pattern"`
	Width   int     `json:"width"`
	Height  int     `json:"height"`
	FPS     float64 `json:"fps"`    // pictures a second; when absent, 10 for a clock and 1 for slides
	Folder  string  `json:"folder"` // below <data folder>/slides, with slashes; "" means the slides built in
}

// Limits of the options.
const (
	minSide, maxWidth, maxHeight = 16, 1920, 1080

	minFPS, maxFPS = 0.5, 60

	maxFolder = 255 // bytes
)

// parse checks options and fills in the defaults, which depend on the pattern.
func parse(b json.RawMessage) (options, *multierror.Error) {
	if len(b) == 0 {
		b = json.RawMessage("{}")
	}
	o := options{Pattern: patternClock, Width: 1280, Height: 720, FPS: 10}
	errs := strict.Object(b, &o, "/source")
	if o.Pattern == patternSlides {
		o = options{Pattern: patternSlides, Width: 1280, Height: 720, FPS: 1}
		errs = strict.Object(b, &o, "/source")
	}
	bad := func(field, format string, args ...any) {
		errs = multierror.Append(errs, fault.Fieldf("/source/"+field, format, args...))
	}
	if o.Pattern != patternClock && o.Pattern != patternSlides {
		bad("pattern", "must be %q or %q", patternClock, patternSlides)
	}
	if o.Width < minSide || o.Width > maxWidth {
		bad("width", "must be from %d to %d pixels", minSide, maxWidth)
	}
	if o.Height < minSide || o.Height > maxHeight {
		bad("height", "must be from %d to %d pixels", minSide, maxHeight)
	}
	if o.FPS < minFPS || o.FPS > maxFPS {
		bad("fps", "must be from %v to %v pictures a second", minFPS, maxFPS)
	}
	if detail := checkFolder(o.Folder); detail != "" {
		bad("folder", "%s", detail)
	}
	return o, errs
}

// checkFolder says what is wrong with the path of a folder, or "". Symbolic
// links are not its business: the folder is opened in a way that they can't
// lead out of.
func checkFolder(folder string) string {
	switch {
	case folder == "":
		return ""
	case len(folder) > maxFolder:
		return "must have at most 255 bytes"
	case !utf8.ValidString(folder):
		return "must be valid UTF-8"
	case strings.ContainsFunc(folder, unicode.IsControl):
		return "must not hold control characters"
	case strings.Contains(folder, `\`):
		return `must use / and not \`
	case !fs.ValidPath(folder):
		return "must be a path below the slides folder, such as \"garden/summer\": no / at either end, no .. and no empty part"
	}
	return ""
}

// config implements source.Config.
type config struct {
	options
	plates *plates
}

// Open implements source.Config.
func (c *config) Open(env source.Env) source.Source {
	if c.Pattern == patternSlides {
		return &slides{options: c.options, env: env}
	}
	return &clock{options: c.options, env: env, plates: c.plates}
}
