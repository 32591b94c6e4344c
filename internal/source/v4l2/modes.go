//go:build linux && cgo

package v4l2

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	go4vl "github.com/vladimirvivien/go4vl/v4l2"

	"camhub/internal/pixel"
	"camhub/internal/source"
)

// Bounds of what is asked of a driver, against one that never ends.
const (
	maxFormats   = 128
	maxSizes     = 64
	maxIntervals = 64
)

// offers asks the driver for its formats, with the sizes of those that are
// supported. at, if not nil, is the size whose rates are asked for where a
// format has a range of sizes; else it is the largest.
func (h *handle) offers(at *size) (all []offer, err error) {
	guarded(func() { all, err = h.listOffers(at) })
	return all, err
}

// listOffers is offers. It, and what it calls, must be called in guarded.
func (h *handle) listOffers(at *size) ([]offer, error) {
	var offers []offer
	for i := range uint32(maxFormats) {
		d, err := go4vl.GetFormatDescription(uintptr(h.fd), i)
		if errors.Is(err, go4vl.ErrorBadArgument) {
			break // that were all
		}
		if err != nil {
			return nil, h.explain("list its formats", err)
		}
		o := offer{format: fourCC(d.PixelFormat), name: d.Description}
		if supported(o.format) {
			o.sizes = h.sizes(d.PixelFormat, at)
		}
		offers = append(offers, o)
	}
	return offers, nil
}

// sizes asks for the sizes of a format. A driver that does not list them has
// the one that is set.
func (h *handle) sizes(format uint32, at *size) []sizes {
	var all []sizes
	for i := range uint32(maxSizes) {
		e, err := go4vl.GetFormatFrameSize(uintptr(h.fd), i, format)
		if err != nil {
			break
		}
		s := sizes{
			least: size{int(e.Size.MinWidth), int(e.Size.MinHeight)},
			most:  size{int(e.Size.MaxWidth), int(e.Size.MaxHeight)},
			step:  size{int(e.Size.StepWidth), int(e.Size.StepHeight)},
		}
		all = append(all, s)
		if e.Type != go4vl.FrameSizeTypeDiscrete {
			break
		}
	}
	if len(all) == 0 {
		if f, err := go4vl.GetPixFormat(uintptr(h.fd)); err == nil {
			s := size{int(f.Width), int(f.Height)}
			all = []sizes{{least: s, most: s}}
		}
	}
	for i := range all {
		s := all[i].most
		if at != nil {
			s = all[i].nearest(*at)
		}
		all[i].intervals, all[i].ranged = h.intervals(format, s)
	}
	return all
}

// intervals asks for the intervals of a format and size, the shortest first.
func (h *handle) intervals(format uint32, s size) (all []fraction, ranged bool) {
	for i := range uint32(maxIntervals) {
		shortest, longest, err := intervalAt(h.fd, i, format, s)
		if err != nil {
			break
		}
		if shortest != longest {
			return []fraction{shortest, longest}, true
		}
		if shortest.rate() > 0 {
			all = append(all, shortest)
		}
	}
	slices.SortFunc(all, func(a, b fraction) int { return cmp.Compare(b.rate(), a.rate()) })
	return all, false
}

// mode is what a camera was set to.
type mode struct {
	source.Mode
	stride int         // bytes a line; 0 for coded pictures
	span   pixel.Range // of uncompressed values
}

// negotiate sets the format, size and rate that come nearest to what is asked
// for, and returns what the driver made of it.
func (h *handle) negotiate(asked source.Mode) (got mode, err error) {
	guarded(func() { got, err = h.setMode(asked) })
	return got, err
}

// setMode is negotiate. It, and what it calls, must be called in guarded.
func (h *handle) setMode(asked source.Mode) (mode, error) {
	offers, err := h.listOffers(&size{asked.Width, asked.Height})
	if err != nil {
		return mode{}, err
	}
	c, ok := choose(asked, offers)
	if !ok {
		return mode{}, errNoFormat(h.path, asked.Format, offers)
	}
	// Four fields only: the others are shifted in go4vl's struct.
	err = go4vl.SetPixFormat(uintptr(h.fd), go4vl.PixFormat{
		Width: uint32(c.size.width), Height: uint32(c.size.height), PixelFormat: pixelFormat(c.format), Field: go4vl.FieldNone,
	})
	if err != nil {
		return mode{}, h.explain("take the format", err)
	}
	h.setInterval(c.interval) // what came of it shows below
	f, err := go4vl.GetPixFormat(uintptr(h.fd))
	if err != nil {
		return mode{}, h.explain("tell its format", err)
	}
	got := mode{
		Mode:   source.Mode{Format: fourCC(f.PixelFormat), Width: int(f.Width), Height: int(f.Height), FPS: h.rate()},
		stride: int(f.BytesPerLine), span: spanOf(f),
	}
	if !supported(got.Format) {
		return mode{}, errNoFormat(h.path, asked.Format, offers)
	}
	return got, nil
}

// spanOf returns the range of values of a format, by the rules of
// V4L2_MAP_QUANTIZATION_DEFAULT.
func spanOf(f go4vl.PixFormat) pixel.Range {
	switch p, _ := pixel.Lookup(fourCC(f.PixelFormat)); {
	case f.Quantization == go4vl.QuantizationFullRange:
		return pixel.FullRange
	case f.Quantization == go4vl.QuantizationLimitedRange:
		return pixel.LimitedRange
	case f.Colorspace == go4vl.ColorspaceJPEG:
		return pixel.FullRange
	default:
		return p.Range
	}
}

// setInterval asks for a rate. Not all drivers have one to set.
func (h *handle) setInterval(f fraction) {
	var p go4vl.StreamParam
	p.Capture.TimePerFrame = go4vl.Fract{Numerator: f.numerator, Denominator: f.denominator}
	_ = go4vl.SetStreamParam(uintptr(h.fd), go4vl.BufTypeVideoCapture, p)
}

// rate returns the rate that is set, or 0 when the driver does not say.
func (h *handle) rate() float64 {
	p, err := go4vl.GetStreamParam(uintptr(h.fd), go4vl.BufTypeVideoCapture)
	if err != nil {
		return 0
	}
	t := p.Capture.TimePerFrame
	return fraction{t.Numerator, t.Denominator}.rate()
}

// errNoFormat says which formats there are when none of them will do.
func errNoFormat(path, asked string, offers []offer) *source.Error {
	var there []string
	for _, o := range offers {
		there = append(there, o.format)
	}
	e := &source.Error{Code: "unsupported-format", Patient: true}
	switch list := strings.Join(there, ", "); {
	case asked != formatAuto:
		e.Message = fmt.Sprintf("%s does not give %s; it has %s.", path, asked, list)
	case len(there) == 1 && there[0] == "H264":
		e.Message = fmt.Sprintf("%s gives H.264 only, which browsers can't show as pictures; camhub needs MJPG or uncompressed pictures.", path)
	default:
		e.Message = fmt.Sprintf("%s gives only formats that camhub can't read: %s. It reads %s.", path, list, strings.Join(formats, ", "))
	}
	return e
}
