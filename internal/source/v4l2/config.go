package v4l2

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/fault"
	"camhub/internal/source"
	"camhub/internal/strict"
)

// kindName is a word of its own since List needs it, and Kind needs List.
const kindName = "v4l2"

// Kind is the kind "v4l2".
var Kind = source.Kind{
	Name:    kindName,
	Doc:     "A camera that is plugged into this machine: USB cameras, capture cards and what else has a /dev/video.",
	Example: `{"device": "/dev/v4l/by-id/usb-046d_HD_Pro_Webcam_C920_A1B2C3-video-index0", "width": 1280, "height": 720, "fps": 30}`,
	Parse:   parse,
	Local: &source.Local{
		Option: "device", Resolve: resolveName, List: List,
		Controls: Controls, SetControls: SetControls,
	},
}

// resolveName returns the node that a name of a device means now, or the name
// when there is none.
func resolveName(name string) string {
	clean, fault := cleanDevice(name)
	if fault != "" {
		return name
	}
	if node, err := here.resolve(clean); err == nil {
		return node
	}
	return clean
}

// formatAuto lets the source choose the format.
const formatAuto = "auto"

// Limits of the options.
const (
	minSide, maxSide       = 16, 16384
	minFPS, maxFPS         = 0.1, 240
	minQuality, maxQuality = 1, 100
	maxControls            = 64
)

// Config is a checked set of options.
type Config struct {
	Device   string           `json:"device"` // a path in /dev
	Width    int              `json:"width"`  // what is asked for: the nearest that the camera has is taken
	Height   int              `json:"height"`
	FPS      float64          `json:"fps"`
	Format   string           `json:"format"`   // "auto" or one of formats
	Quality  int              `json:"quality"`  // of the JPEG, when the camera gives none
	Controls map[string]int64 `json:"controls"` // set each time the camera is opened
}

func parse(b json.RawMessage) (source.Config, *multierror.Error) {
	o := struct {
		Config
		Controls map[string]json.RawMessage `json:"controls"`
	}{Config: Config{Width: 1280, Height: 720, FPS: 30, Format: formatAuto, Quality: 80}}
	if len(b) == 0 {
		b = json.RawMessage("{}")
	}
	errs := strict.Object(b, &o, "/source")
	c := &o.Config
	bad := func(field, format string, args ...any) {
		errs = multierror.Append(errs, fault.Fieldf("/source/"+field, format, args...))
	}
	var detail string
	if c.Device, detail = cleanDevice(c.Device); detail != "" && !has(errs, "/source/device") {
		bad("device", "%s", detail)
	}
	if c.Width < minSide || c.Width > maxSide {
		bad("width", "must be from %d to %d pixels", minSide, maxSide)
	}
	if c.Height < minSide || c.Height > maxSide {
		bad("height", "must be from %d to %d pixels", minSide, maxSide)
	}
	if c.FPS < minFPS || c.FPS > maxFPS {
		bad("fps", "must be from %v to %v pictures a second", minFPS, maxFPS)
	}
	if c.Format = canonicalFormat(c.Format); c.Format == "" {
		bad("format", "must be one of %s, %s", formatAuto, strings.Join(formats, ", "))
	}
	if c.Quality < minQuality || c.Quality > maxQuality {
		bad("quality", "must be from %d to %d", minQuality, maxQuality)
	}
	c.Controls, errs = parseControls(o.Controls, errs)
	if errs.ErrorOrNil() != nil {
		return nil, errs
	}
	return c, nil
}

// has reports whether errs holds a fault at pointer.
func has(errs *multierror.Error, pointer string) bool {
	return slices.ContainsFunc(fault.Fields(errs.ErrorOrNil()), func(f fault.Field) bool { return f.Pointer == pointer })
}

// parseControls checks what can be known without the camera.
func parseControls(raw map[string]json.RawMessage, errs *multierror.Error) (map[string]int64, *multierror.Error) {
	const at = "/source/controls"
	if len(raw) > maxControls {
		return nil, multierror.Append(errs, fault.Fieldf(at, "must hold at most %d controls", maxControls))
	}
	values := make(map[string]int64, len(raw))
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		var value *int64
		if err := json.Unmarshal(raw[name], &value); err != nil || value == nil {
			errs = multierror.Append(errs, fault.Fieldf(at+"/"+strict.Token(name), "must be a whole number"))
		} else if name != controlName(name) || name == "" {
			errs = multierror.Append(errs, fault.Fieldf(at+"/"+strict.Token(name), "is no name of a control: those are lower case, such as power_line_frequency"))
		} else {
			values[name] = *value
		}
	}
	return values, errs
}

// controlName makes a name for programs of a driver's name for people, in the
// way that v4l2-ctl does: "White Balance, Automatic" is white_balance_automatic.
func controlName(label string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(label) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	return b.String()
}

// Open implements source.Config.
func (c *Config) Open(source.Env) source.Source { return newReader(c) }
