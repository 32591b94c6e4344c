package api

import (
	"cmp"
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"time"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/recording"
	"camhub/internal/retention"
	"camhub/internal/strict"
)

// settingsJSON is the settings of the hub.
type settingsJSON struct {
	Recordings retention.Settings  `json:"recordings"`
	Warnings   []recording.Warning `json:"warnings"`
}

func (s *server) getSettings(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Recording.Settings()
	if err != nil {
		return err
	}
	return s.writeSettings(w, v)
}

// writeSettings answers with settings, and what they can't hold.
func (s *server) writeSettings(w http.ResponseWriter, v retention.Settings) error {
	f, err := s.Recording.Forecast(recording.Trial{Settings: &v})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, settingsJSON{v, f.Warnings})
}

// patchSettings changes the settings; as a dry run it only answers what would be.
func (s *server) patchSettings(w http.ResponseWriter, r *http.Request) error {
	q := newQuery(r, "dry_run")
	dry := q.flag("dry_run")
	if err := q.err(); err != nil {
		return err
	}
	patch, err := readPatch(w, r)
	if err != nil {
		return err
	}
	var after retention.Settings
	change := func(before retention.Settings) (_ retention.Settings, err error) {
		after, err = patchedSettings(patch, before)
		return after, err
	}
	if dry {
		before, err := s.Recording.Settings()
		if err != nil {
			return err
		}
		_, err = change(before)
		if err != nil {
			return err
		}
	} else if err := s.Recording.ChangeSettings(r.Context(), change); err != nil {
		return err
	}
	return s.writeSettings(w, after)
}

// patchedSettings reads a merge patch of settings (RFC 7396).
func patchedSettings(patch []byte, before retention.Settings) (retention.Settings, error) {
	var in struct {
		Recordings json.RawMessage `json:"recordings"`
	}
	after := before
	errs := strict.Object(patch, &in, "")
	if errs == nil && in.Recordings != nil {
		after, errs = retention.Decode(in.Recordings, "/recordings", before)
	}
	return after, fault.InvalidFields("The settings are not valid.", errs)
}

// storageJSON is how the room for recordings is used, and how long it will do.
type storageJSON struct {
	Used        int64               `json:"used"`
	Pinned      int64               `json:"pinned"`
	BytesPerDay int64               `json:"bytes_per_day"`
	Budget      int64               `json:"budget"`
	Free        int64               `json:"free"`
	Oldest      *time.Time          `json:"oldest"`
	Days        *float64            `json:"days"`
	Settings    retention.Settings  `json:"settings"`
	Warnings    []recording.Warning `json:"warnings"`
	Cameras     []cameraStorageJSON `json:"cameras"`
}

// cameraStorageJSON is the part of one camera.
type cameraStorageJSON struct {
	Camera      camera.ID `json:"camera"`
	Name        string    `json:"name"` // "" when it was removed
	Removed     bool      `json:"removed"`
	Segments    int       `json:"segments"`
	Used        int64     `json:"used"`
	Pinned      int64     `json:"pinned"`
	BytesPerDay int64     `json:"bytes_per_day"`
	MeasuredS   int64     `json:"measured_s"`
	Oldest      time.Time `json:"oldest"`
	Newest      time.Time `json:"newest"`
	Days        *float64  `json:"days"`
	KeepDays    *float64  `json:"keep_days"`
	Holds       bool      `json:"holds"`
}

// getStorage answers how it is, or how it would be if one camera had other limits.
func (s *server) getStorage(w http.ResponseWriter, r *http.Request) error {
	q := newQuery(r, "camera", "keep_days", "keep_bytes")
	who := access.From(r.Context())
	var trial recording.Trial
	if ids := q.cameras(); len(ids) > 1 {
		q.bad("camera", "must name one camera")
	} else if len(ids) == 1 && !who.Sees(ids[0]) {
		q.bad("camera", "is not one that you may see")
	} else if len(ids) == 1 {
		trial.Camera, trial.KeepDays, trial.KeepBytes = ids[0], q.days("keep_days"), q.bytes("keep_bytes")
	} else if q.values.Has("keep_days") || q.values.Has("keep_bytes") {
		q.bad("camera", "is required with keep_days and keep_bytes")
	}
	if err := q.err(); err != nil {
		return err
	}
	f, err := s.Recording.Forecast(trial)
	if err != nil {
		return err
	}
	out := storageJSON{
		Used: f.Used, Pinned: f.Pinned, BytesPerDay: f.BytesPerDay, Budget: f.Budget, Free: f.Free,
		Days: finite(f.Days), Settings: f.Settings, Warnings: warnings(who, f.Warnings), Cameras: []cameraStorageJSON{},
	}
	if !f.Oldest.IsZero() {
		out.Oldest = &f.Oldest
	}
	for _, c := range f.Cameras {
		if !who.Sees(c.Camera) {
			continue
		}
		out.Cameras = append(out.Cameras, cameraStorageJSON{
			Camera: c.Camera, Name: c.Name, Removed: c.Removed, Segments: c.Segments, Used: c.Used, Pinned: c.Pinned,
			BytesPerDay: c.BytesPerDay, MeasuredS: int64(c.Measured.Seconds()), Oldest: c.Oldest, Newest: c.Newest,
			Days: finite(c.Days), KeepDays: finite(cmp.Or(c.KeepAge.Hours()/24, math.Inf(1))), Holds: c.Holds(),
		})
	}
	return writeJSON(w, http.StatusOK, out)
}

// warnings returns those of the hub, and of the cameras that the caller may see.
func warnings(who *access.Caller, all []recording.Warning) []recording.Warning {
	return slices.DeleteFunc(all, func(w recording.Warning) bool { return w.Camera != "" && !who.Sees(w.Camera) })
}

// finite returns nil for what is no number that JSON has.
func finite(v float64) *float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	return &v
}
