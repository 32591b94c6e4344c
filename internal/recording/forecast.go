package recording

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"camhub/internal/camera"
	"camhub/internal/record/archive"
	"camhub/internal/retention"
)

// Trial is a change of limits that is to be tried before it is made. The zero Trial
// changes nothing.
type Trial struct {
	Settings *retention.Settings // nil: those in force

	Camera    camera.ID // if not "": this camera would have the limits that follow
	KeepDays  *float64
	KeepBytes *int64
}

// Forecast says how the room for recordings is used and how long it will do.
type Forecast struct {
	archive.Forecast
	Settings retention.Settings // that it was made for
	Cameras  []CameraForecast
	Warnings []Warning // never nil
}

// CameraForecast is the part of one camera.
type CameraForecast struct {
	archive.CameraForecast
	Name    string // "" when it was removed
	Removed bool
}

// Warning is a limit that can't be kept, or what keeping it will cost.
type Warning struct {
	Code    string    `json:"code"`
	Message string    `json:"message"`
	Camera  camera.ID `json:"camera,omitempty"` // that it concerns; "": the hub
}

// Forecast returns how long recordings can be kept, now or after a change.
func (s *Service) Forecast(t Trial) (*Forecast, error) {
	out := &Forecast{Warnings: []Warning{}}
	var err error
	if t.Settings != nil {
		out.Settings = *t.Settings
	} else if out.Settings, err = s.c.Store.RecordSettings(); err != nil {
		return nil, err
	}
	defs := s.definitions()
	p := policy(out.Settings, defs)
	if t.Camera != "" {
		p.Cameras[t.Camera] = limits(t.KeepDays, t.KeepBytes)
	}
	f, err := s.archive.Forecast(p)
	if err != nil {
		return nil, fmt.Errorf("look how much room is left: %w", err)
	}
	out.Forecast = *f
	names := make(map[camera.ID]string, len(defs))
	for _, d := range defs {
		names[d.ID] = d.Name
	}
	for _, c := range f.Cameras {
		name, ok := names[c.Camera]
		out.Cameras = append(out.Cameras, CameraForecast{c, name, !ok})
	}
	out.warn(&p, names)
	return out, nil
}

func (f *Forecast) warnf(id camera.ID, code, format string, args ...any) {
	f.Warnings = append(f.Warnings, Warning{code, fmt.Sprintf(format, args...), id})
}

// warn finds what can't be kept.
func (f *Forecast) warn(p *archive.Policy, names map[camera.ID]string) {
	room := f.Used + f.Free
	switch {
	case p.MinFreeBytes >= room:
		f.warnf("", "min_free_bytes", "The disk has only %s left for recordings, so %s can't stay free: nothing can be kept.",
			retention.Size(room), retention.Size(p.MinFreeBytes))
	case p.KeepBytes > room-p.MinFreeBytes:
		f.warnf("", "keep_bytes", "The disk only has room for %s of the %s.", retention.Size(room-p.MinFreeBytes), retention.Size(p.KeepBytes))
	}
	if f.Pinned > 0 && f.Pinned >= f.Budget {
		f.warnf("", "pinned", "Pinned recordings fill all of the %s, so nothing new can be kept.", retention.Size(f.Budget))
	} else if f.Used > f.Budget {
		f.warnf("", "deletes", "%s of the oldest recordings are deleted at once.", retention.Size(f.Used-f.Budget))
	}
	f.warnCameras(p)
	f.warnUnrecorded(p, names)
}

// warnCameras is warn for the cameras that have recordings.
func (f *Forecast) warnCameras(p *archive.Policy) {
	for i := range f.Cameras {
		c := &f.Cameras[i]
		name := cmp.Or(c.Name, string(c.Camera))
		if !c.Holds() {
			f.warnf(c.Camera, "keep_days", "At the present rate there is room for %s of the %s days of %s.",
				days(c.Days), days(c.KeepAge.Hours()/24), name)
		}
		if limit := p.Cameras[c.Camera].KeepBytes; limit > 0 && c.Used-c.Pinned > limit {
			f.warnf(c.Camera, "deletes", "%s of the oldest recordings of %s are deleted at once.",
				retention.Size(c.Used-c.Pinned-limit), name)
		}
		f.warnRoom(p, c.Camera, name)
	}
}

// warnUnrecorded is warn for the cameras that have none yet, which have no rate either.
func (f *Forecast) warnUnrecorded(p *archive.Policy, names map[camera.ID]string) {
	for _, id := range slices.Sorted(maps.Keys(p.Cameras)) {
		if !slices.ContainsFunc(f.Cameras, func(c CameraForecast) bool { return c.Camera == id }) {
			f.warnRoom(p, id, cmp.Or(names[id], string(id)))
		}
	}
}

// warnRoom finds out whether there is the room that a camera may use.
func (f *Forecast) warnRoom(p *archive.Policy, id camera.ID, name string) {
	if limit := p.Cameras[id].KeepBytes; limit > f.Budget {
		f.warnf(id, "keep_bytes", "There is only room for %s of the %s of %s.", retention.Size(f.Budget), retention.Size(limit), name)
	}
}

// days writes a number of days for people, with a digit of fraction if it matters.
func days(d float64) string {
	if d >= 10 || d == math.Trunc(d) {
		return fmt.Sprintf("%.0f", math.Floor(d))
	}
	return fmt.Sprintf("%.1f", d)
}
