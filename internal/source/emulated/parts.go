package emulated

import (
	"fmt"
	"image"
	"time"
)

// newParts returns the parts of a clock laid out like l.
func newParts(l layout) ([]part, error) {
	line := l.name.Dy()
	name := &label{rect: l.name, px: textSize(line), color: textColor, forms: []form{nameForm}, cut: true}
	bar, err := newBar(l.bar)
	if err != nil {
		return nil, err
	}
	if l.digit == 0 {
		return []part{
			name, bar,
			&label{rect: l.time, px: textSize(1), color: textColor, forms: timeForms},
			&label{rect: l.counter, px: textSize(1), color: quietColor, forms: counterForms},
		}, nil
	}
	parts := []part{
		name, bar,
		&label{rect: l.date, px: textSize(line), color: quietColor, forms: dateForms},
		newReel(l.time, l.digit, bigSize(l), textColor, timeForm("15:04:05")),
		newReel(l.tenths, l.digit, bigSize(l), accentColor, tenthsForm),
	}
	if line == 1 { // digits stand closer than MCUs
		return append(parts, &label{rect: l.counter, px: textSize(1), color: quietColor, forms: counterForms, right: true}), nil
	}
	return append(parts, newReel(l.counter, 1, min(textSize(line), 27), quietColor, counterForm(l.counter.Dx()))), nil
}

// textSize returns the size in pixels of small text that is line MCUs high.
func textSize(line int) int { return 13 * line }

// bigSize returns the size in pixels of the digits of the time: a digit of the
// font is 0.56 of the size wide and 0.72 high.
func bigSize(l layout) int {
	return min(l.digit*mcuSize*100/60, l.time.Dy()*mcuSize*100/76)
}

// A form writes a view down in one way.
type form func(v view) string

func nameForm(v view) string { return v.name }

func timeForm(layout string) form {
	return func(v view) string { return v.now.Format(layout) }
}

func tenthsForm(v view) string {
	return "." + string('0'+rune(v.now.Nanosecond()/int(100*time.Millisecond)))
}

// counterForm shows the last digits of the number of the picture.
func counterForm(digits int) form {
	wrap := uint64(1)
	for range digits {
		wrap *= 10
	}
	return func(v view) string { return fmt.Sprintf("%0*d", digits, v.n%wrap) }
}

// The ways to write a thing where room is short, the longest first.
var (
	timeForms    = []form{timeForm("15:04:05.0"), timeForm("15:04:05"), timeForm("15:04")}
	counterForms = []form{counterForm(8), counterForm(6), counterForm(4), counterForm(2)}
	dateForms    = []form{
		timeForm("Monday, 2 January 2006, MST"), timeForm("Monday, 2 January 2006"),
		timeForm("Mon 2 Jan 2006"), timeForm("2006-01-02"),
	}
)

// paintDims writes the size of the picture in its corner of the panel.
func paintDims(img *image.RGBA, l layout, size image.Point) error {
	text := fmt.Sprintf("%d × %d", size.X, size.Y)
	dims := label{rect: l.dims, px: textSize(l.dims.Dy()), color: quietColor, right: true,
		forms: []form{func(view) string { return text }}}
	return dims.paint(img, view{})
}
