package archive

import (
	"math"
	"slices"
	"time"

	"camhub/internal/camera"
	"camhub/internal/record/disk"
)

// What a rate is measured over: so much recorded time, the newest first, and only if
// the camera was recorded within recent.
const (
	measured = 6 * time.Hour
	recent   = 24 * time.Hour
)

// Forecast says how long a policy can be kept up, at the rates of the last hours.
type Forecast struct {
	Cameras     []CameraForecast
	Used        int64
	Pinned      int64
	BytesPerDay int64 // of all cameras that are recorded now, all day
	Budget      int64 // what recordings may take in all
	Free        int64 // on the disk
	Oldest      time.Time
	Days        float64 // that the budget holds; +Inf when nothing is recorded
}

// CameraForecast is the part of one camera.
type CameraForecast struct {
	Camera      camera.ID
	Segments    int
	Used        int64
	Pinned      int64
	BytesPerDay int64         // recorded all day; 0 when it is not recorded
	Measured    time.Duration // over so much recorded time
	Oldest      time.Time
	Newest      time.Time
	Days        float64       // that are kept; +Inf when nothing bounds them
	KeepAge     time.Duration // that the policy asks for, or 0
}

// Holds reports whether the camera can be kept for as long as the policy says.
func (c *CameraForecast) Holds() bool {
	return c.KeepAge == 0 || c.Days >= c.KeepAge.Hours()/24
}

// Forecast tries a policy, which need not be the one in force.
func (a *Archive) Forecast(p Policy) (*Forecast, error) {
	left, _, err := disk.Free(a.root)
	if err != nil {
		return nil, err
	}
	f := &Forecast{Free: left, Cameras: []CameraForecast{}}
	a.mu.Lock()
	now := time.Now()
	for _, h := range a.order() {
		if c, ok := a.forecast(h, now); ok {
			f.Cameras = append(f.Cameras, c)
		}
	}
	a.mu.Unlock()
	for i := range f.Cameras {
		c := &f.Cameras[i]
		f.Used, f.Pinned, f.BytesPerDay = f.Used+c.Used, f.Pinned+c.Pinned, f.BytesPerDay+c.BytesPerDay
		if f.Oldest.IsZero() || c.Oldest.Before(f.Oldest) {
			f.Oldest = c.Oldest
		}
	}
	f.Budget = max(f.Used+left-p.MinFreeBytes, 0)
	if p.KeepBytes > 0 {
		f.Budget = min(f.Budget, p.KeepBytes)
	}
	f.share(&p)
	return f, nil
}

// share finds how many days the budget holds. Every camera gets the same number,
// since the oldest goes first, but those with a tighter limit of their own need less
// and leave the rest to the others.
func (f *Forecast) share(p *Policy) {
	budget := float64(f.Budget - f.Pinned)
	var open []*CameraForecast // that take part, by how soon their own limit comes
	for i := range f.Cameras {
		c := &f.Cameras[i]
		l := p.Cameras[c.Camera]
		c.KeepAge = l.KeepAge
		c.Days = math.Inf(1)
		if c.BytesPerDay == 0 {
			budget -= float64(c.Used - c.Pinned)
			continue
		}
		if l.KeepBytes > 0 {
			c.Days = float64(l.KeepBytes) / float64(c.BytesPerDay)
		}
		open = append(open, c)
	}
	own := func(c *CameraForecast) float64 {
		if c.KeepAge > 0 {
			return min(c.Days, c.KeepAge.Hours()/24)
		}
		return c.Days
	}
	slices.SortFunc(open, func(x, y *CameraForecast) int {
		switch {
		case own(x) < own(y):
			return -1
		case own(x) > own(y):
			return 1
		}
		return 0
	})
	f.Days = math.Inf(1)
	rate := float64(f.BytesPerDay)
	budget = max(budget, 0)
	for i, c := range open {
		if days := budget / rate; days < own(c) {
			for _, c := range open[i:] {
				c.Days = days
			}
			f.Days = days
			return
		}
		budget -= own(c) * float64(c.BytesPerDay)
		rate -= float64(c.BytesPerDay)
		f.Days = own(c)
	}
}

// forecast measures one camera. Called with mu held.
func (a *Archive) forecast(h *shelf, now time.Time) (c CameraForecast, ok bool) {
	live, writing := h.now()
	if len(h.segments) == 0 && !writing {
		return c, false
	}
	c = CameraForecast{Camera: h.id, Segments: len(h.segments), Used: h.size()}
	all := h.segments
	if writing {
		all = append(slices.Clip(all), live)
		c.Segments++
	}
	c.Oldest, c.Newest = all[0].From(), all[len(all)-1].Until()
	if pins := a.pins[h.id]; len(pins) > 0 {
		for i := range all {
			if covered(pins, &all[i]) {
				c.Pinned += all[i].Size
			}
		}
	}
	if !writing && now.Sub(c.Newest) > recent {
		return c, true
	}
	var bytes, ms int64
	for i := len(all) - 1; i >= 0 && ms < measured.Milliseconds(); i-- {
		bytes += all[i].Size
		ms += int64(all[i].Length)
	}
	c.Measured = time.Duration(ms) * time.Millisecond
	c.BytesPerDay = int64(float64(bytes) / float64(ms) * dayMillis)
	return c, true
}
