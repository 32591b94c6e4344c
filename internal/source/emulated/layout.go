package emulated

import "image"

// A layout says where the parts of a clock are, all in MCUs from the top left.
// A part that has no room has an empty rectangle. The parts that move lie in
// the panel and on whole MCUs, and no two of them overlap.
type layout struct {
	panel   image.Rectangle // the plain ground under everything that moves
	patches image.Rectangle // colours and greys
	name    image.Rectangle
	counter image.Rectangle
	time    image.Rectangle
	tenths  image.Rectangle // directly right of time
	bar     image.Rectangle // one MCU high
	date    image.Rectangle
	dims    image.Rectangle // the size of the picture, in words
	digit   int             // width of a digit of the time; 0 in a picture too small for large digits
}

// The largest digits are this many MCUs wide.
const maxDigit = 12

// colon returns the width of a colon or point beside digits of that width.
func colon(digit int) int { return (digit + 1) / 2 }

// newLayout lays out a picture of w by h pixels, with the largest digits that
// have room.
func newLayout(w, h int) layout {
	grid := image.Pt(w/mcuSize, h/mcuSize) // whole MCUs
	for digit := maxDigit; digit >= 1; digit-- {
		if l, ok := cardLayout(grid, digit); ok {
			return l
		}
	}
	return smallLayout(grid)
}

// lineHeight returns the height of a line of small text.
func lineHeight(digit int) int {
	switch {
	case digit <= 3:
		return 1
	case digit <= 7:
		return 2
	}
	return 3
}

// cardLayout puts a panel on a test card: name and counter, the time, the bar,
// date and size. It fails when there is no room.
func cardLayout(grid image.Point, digit int) (layout, bool) {
	line, gap, margin := lineHeight(digit), digit/3, 1+digit/6
	tall := (digit*5 + 3) / 4
	inner := image.Pt(7*digit+3*colon(digit), line+gap+tall+gap+1+gap+line)
	size := inner.Add(image.Pt(2*margin, 2*margin))
	if size.X > grid.X-grid.X/12 || size.Y > grid.Y {
		return layout{}, false
	}
	if (grid.X-size.X)%2 != 0 { // or the panel would stand half an MCU off the middle
		inner.X++
		size.X++
	}
	l := layout{digit: digit}
	y := (grid.Y - size.Y) / 2
	strip, space := max(2, grid.Y/7), max(1, grid.Y/18)
	if room := grid.Y - size.Y - strip; room >= 3*space {
		y = room / 3
		bottom := grid.Y - room/3
		l.patches = image.Rect((grid.X-size.X)/2, bottom-strip, (grid.X+size.X)/2, bottom)
	} else if digit > 2 {
		return layout{}, false // smaller digits leave room for the colours
	}
	l.panel = image.Rectangle{Max: size}.Add(image.Pt((grid.X-size.X)/2, y))
	l.fill(inner, line, gap, margin, tall)
	return l, true
}

// fill places the parts in the panel.
func (l *layout) fill(inner image.Point, line, gap, margin, tall int) {
	at := l.panel.Min.Add(image.Pt(margin, margin))
	box := func(x0, x1, height int) image.Rectangle {
		return image.Rect(at.X+x0, at.Y, at.X+x1, at.Y+height)
	}
	counter := 8 // digits, an MCU each
	if line == 1 {
		counter = 5 // the digits stand closer
	}
	l.name = box(0, inner.X-counter-1, line)
	l.counter = box(inner.X-counter, inner.X, line)
	at.Y += line + gap
	seconds := 6*l.digit + 2*colon(l.digit)
	l.time = box(0, seconds, tall)
	l.tenths = box(seconds, seconds+l.digit+colon(l.digit), tall)
	at.Y += tall + gap
	l.bar = box(0, inner.X, 1)
	at.Y += 1 + gap
	dims := min(5*line, inner.X/2)
	l.date = box(0, inner.X-dims, line)
	l.dims = box(inner.X-dims, inner.X, line)
}

// smallLayout stacks lines of small text as far as they go: the bar first, as
// it needs no room, then time, name and counter.
func smallLayout(grid image.Point) layout {
	const widest = 12 // enough for the time and the counter
	lines := min(grid.Y, 4)
	top := (grid.Y - lines) / 2
	row := func(y, width int) image.Rectangle {
		return image.Rect(0, top+y, min(width, grid.X), top+y+1)
	}
	l := layout{panel: image.Rectangle{Max: grid.Add(image.Pt(1, 1))}} // with what the border cuts
	switch lines {
	case 4:
		l.name, l.time, l.bar, l.counter = row(0, grid.X), row(1, widest), row(2, grid.X), row(3, widest)
	case 3:
		l.name, l.time, l.bar = row(0, grid.X), row(1, widest), row(2, grid.X)
	case 2:
		l.time, l.bar = row(0, widest), row(1, grid.X)
	default:
		l.bar = row(0, grid.X)
	}
	return l
}
