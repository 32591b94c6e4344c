package v4l2

import (
	"cmp"
	"math"
	"slices"

	"camhub/internal/device"
	"camhub/internal/source"
)

// size is a picture size in pixels.
type size struct{ width, height int }

// fraction is an interval between pictures in seconds, as drivers have it.
type fraction struct{ numerator, denominator uint32 }

// rate returns the pictures a second of an interval, or 0 when there is none.
func (f fraction) rate() float64 {
	if f.numerator == 0 {
		return 0
	}
	return float64(f.denominator) / float64(f.numerator)
}

// intervalOf returns the interval of a rate.
func intervalOf(rate float64) fraction {
	if whole := math.Round(rate); math.Abs(rate-whole) < 1e-6 {
		return fraction{1, uint32(whole)}
	}
	return fraction{1000, uint32(math.Round(rate * 1000))}
}

// offer is one format of a camera with the sizes it comes in.
type offer struct {
	format string
	name   string // the driver's
	sizes  []sizes
}

// shown is the offer as people choose from it.
func (o offer) shown() device.Format {
	f := device.Format{FourCC: o.format, Name: o.name, Supported: supported(o.format), Sizes: []device.Size{}}
	for _, s := range o.sizes {
		d := device.Size{Width: s.most.width, Height: s.most.height, Rates: []float64{}}
		if s.least != s.most {
			d.MinWidth, d.MinHeight = s.least.width, s.least.height
		}
		for _, i := range s.intervals {
			d.Rates = append(d.Rates, math.Round(i.rate()*1000)/1000)
		}
		f.Sizes = append(f.Sizes, d)
	}
	return f
}

// sizes is one size of a format, or a range of them, with its intervals.
type sizes struct {
	least, most, step size
	intervals         []fraction // shortest first
	ranged            bool       // intervals are the bounds of a range
}

// nearest returns the member of s that is nearest to asked.
func (s sizes) nearest(asked size) size {
	side := func(asked, least, most, step int) int {
		v := min(max(asked, least), most)
		if step > 1 {
			v -= (v - least) % step
		}
		return v
	}
	return size{
		side(asked.width, s.least.width, s.most.width, s.step.width),
		side(asked.height, s.least.height, s.most.height, s.step.height),
	}
}

// nearestInterval returns the interval that is nearest to a rate, or the
// interval of the rate itself when the driver names none.
func (s sizes) nearestInterval(rate float64) fraction {
	switch {
	case len(s.intervals) == 0:
		return intervalOf(rate)
	case s.ranged:
		most, least := s.intervals[0].rate(), s.intervals[len(s.intervals)-1].rate()
		if rate >= most {
			return s.intervals[0]
		} else if rate <= least {
			return s.intervals[len(s.intervals)-1]
		}
		return intervalOf(rate)
	}
	return slices.MinFunc(s.intervals, func(a, b fraction) int {
		return cmp.Compare(math.Abs(a.rate()-rate), math.Abs(b.rate()-rate))
	})
}

// choice is what to ask a driver for.
type choice struct {
	format   string
	size     size
	interval fraction
}

// choose returns what comes nearest to what a user asks for. The size counts
// most, then the rate, where a quarter more or less makes no difference, then
// the order of formats. It returns false when no format fits.
func choose(asked source.Mode, offers []offer) (choice, bool) {
	var best choice
	var bestCost [3]float64
	found := false
	for _, o := range offers {
		if !supported(o.format) || asked.Format != formatAuto && asked.Format != o.format {
			continue
		}
		for _, s := range o.sizes {
			c := choice{format: o.format, size: s.nearest(size{asked.Width, asked.Height})}
			c.interval = s.nearestInterval(asked.FPS)
			cost := [3]float64{
				math.Abs(float64(c.size.width-asked.Width)) + math.Abs(float64(c.size.height-asked.Height)),
				math.Abs(c.interval.rate() - asked.FPS),
				float64(slices.Index(formats, o.format)),
			}
			if cost[1] <= asked.FPS/4 {
				cost[1] = 0
			}
			if !found || slices.Compare(cost[:], bestCost[:]) < 0 {
				best, bestCost, found = c, cost, true
			}
		}
	}
	return best, found
}
