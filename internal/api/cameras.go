package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/hub"
	"camhub/internal/recording"
	"camhub/internal/registry"
	"camhub/internal/strict"
)

// cameraJSON is a camera as clients see it.
type cameraJSON struct {
	camera.Definition
	Status hub.Status `json:"status"`
}

// shown returns the camera with what it does now, as the caller may see it: where
// the pictures come from is for admins, since it may hold secrets (?pwd=…) and
// tells of the network. One that was deleted in between counts as disabled.
func (s *server) shown(who *access.Caller, d camera.Definition) cameraJSON {
	if !who.Is(access.Admin) {
		d.Source.Options = nil
	}
	st, err := s.Running.Status(d.ID)
	if err != nil {
		st = hub.Status{State: hub.Disabled, Since: d.UpdatedAt, Quirks: []string{}}
	}
	return cameraJSON{Definition: d, Status: st}
}

func (s *server) listCameras(w http.ResponseWriter, r *http.Request) error {
	list, err := s.cameras(access.From(r.Context()))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string][]cameraJSON{"cameras": list})
}

// cameras returns all cameras that the caller may see, in wall order.
func (s *server) cameras(who *access.Caller) ([]cameraJSON, error) {
	ds, err := s.Cameras.List()
	list := make([]cameraJSON, 0, len(ds))
	for _, d := range ds {
		if who.Sees(d.ID) {
			list = append(list, s.shown(who, d))
		}
	}
	return list, err
}

// changedJSON is a camera that was changed, and what its limits can't hold.
type changedJSON struct {
	cameraJSON
	Warnings []recording.Warning `json:"warnings"` // never null
}

// writeChanged is writeCamera for a camera that was changed, or would be. When nobody
// can say what the limits of its recordings bring, that is no fault of the change.
func (s *server) writeChanged(w http.ResponseWriter, r *http.Request, status int, d camera.Definition) error {
	out := changedJSON{s.shown(access.From(r.Context()), d), []recording.Warning{}}
	if f, err := s.Recording.Forecast(recording.Trial{Camera: d.ID, KeepDays: d.Record.KeepDays, KeepBytes: d.Record.KeepBytes}); err == nil {
		out.Warnings = slices.DeleteFunc(f.Warnings, func(w recording.Warning) bool { return w.Camera != d.ID })
	}
	w.Header().Set("ETag", etag(d.Revision))
	if status == http.StatusCreated {
		w.Header().Set("Location", "/api/v1/cameras/"+string(d.ID))
	}
	return writeJSON(w, status, out)
}

func (s *server) getCamera(w http.ResponseWriter, r *http.Request) error {
	d, err := s.Cameras.Get(cameraID(r))
	if err != nil {
		return err
	}
	w.Header().Set("ETag", etag(d.Revision))
	return writeJSON(w, http.StatusOK, s.shown(access.From(r.Context()), d))
}

func (s *server) createCamera(w http.ResponseWriter, r *http.Request) error {
	body, err := readJSON(w, r, typeJSON)
	if err != nil {
		return err
	}
	d, err := s.Cameras.Create(r.Context(), body)
	if err != nil {
		return err
	}
	return s.writeChanged(w, r, http.StatusCreated, d)
}

func (s *server) replaceCamera(w http.ResponseWriter, r *http.Request) error {
	c, err := condition(r)
	if err != nil {
		return err
	}
	body, err := readJSON(w, r, typeJSON)
	if err != nil {
		return err
	}
	d, created, err := s.Cameras.Replace(r.Context(), cameraID(r), body, c)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	return s.writeChanged(w, r, status, d)
}

// patchCamera changes a camera; as a dry run it only answers what would be.
func (s *server) patchCamera(w http.ResponseWriter, r *http.Request) error {
	q := newQuery(r, "dry_run")
	change := s.Cameras.Patch
	if q.flag("dry_run") {
		change = s.Cameras.Try
	}
	if err := q.err(); err != nil {
		return err
	}
	c, err := condition(r)
	if err != nil {
		return err
	}
	patch, err := readPatch(w, r)
	if err != nil {
		return err
	}
	d, err := change(r.Context(), cameraID(r), patch, c)
	if err != nil {
		return err
	}
	return s.writeChanged(w, r, http.StatusOK, d)
}

func (s *server) deleteCamera(w http.ResponseWriter, r *http.Request) error {
	c, err := condition(r)
	if err != nil {
		return err
	}
	if err := s.Cameras.Delete(r.Context(), cameraID(r), c); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *server) duplicateCamera(w http.ResponseWriter, r *http.Request) error {
	c, err := condition(r)
	if err != nil {
		return err
	}
	patch, err := readJSON(w, r, typePatch, typeJSON)
	if err != nil {
		return err
	}
	d, err := s.Cameras.Duplicate(r.Context(), cameraID(r), patch, c)
	if err != nil {
		return err
	}
	return s.writeChanged(w, r, http.StatusCreated, d)
}

func (s *server) restoreCamera(w http.ResponseWriter, r *http.Request) error {
	d, err := s.Cameras.Restore(r.Context(), cameraID(r))
	if err != nil {
		return err
	}
	return s.writeChanged(w, r, http.StatusCreated, d)
}

func (s *server) getStatus(w http.ResponseWriter, r *http.Request) error {
	st, err := s.Running.Status(cameraID(r))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, st)
}

func (s *server) restartCamera(w http.ResponseWriter, r *http.Request) error {
	if err := s.Cameras.Restart(cameraID(r)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// order is the body of PUT /api/v1/order.
type order struct {
	Cameras []camera.ID `json:"cameras"`
}

func (s *server) setOrder(w http.ResponseWriter, r *http.Request) error {
	body, err := readJSON(w, r, typeJSON)
	if err != nil {
		return err
	}
	var in order
	errs := strict.Object(body, &in, "")
	if errs == nil && in.Cameras == nil {
		errs = multierror.Append(errs, fault.Fieldf("/cameras", "is required"))
	}
	if err := fault.InvalidFields("The order is not valid.", errs); err != nil {
		return err
	}
	if err := s.Cameras.SetOrder(r.Context(), in.Cameras); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, in)
}

// etag writes a revision as an entity tag (RFC 9110, section 8.8.3).
func etag(revision uint64) string { return `"` + strconv.FormatUint(revision, 10) + `"` }

// condition reads If-Match and If-None-Match (RFC 9110, section 13.1). A tag
// that is no revision of ours matches nothing.
func condition(r *http.Request) (registry.Condition, error) {
	var c registry.Condition
	switch none := strings.TrimSpace(r.Header.Get("If-None-Match")); none {
	case "":
	case "*":
		c.Absent = true
	default:
		return c, fault.New(fault.Malformed, "If-None-Match can only be * when something is changed.")
	}
	match := strings.Join(r.Header.Values("If-Match"), ",")
	switch strings.TrimSpace(match) {
	case "":
		return c, nil
	case "*":
		c.Present = true
		return c, nil
	}
	c.Revisions = []uint64{}
	for tag := range strings.SplitSeq(match, ",") {
		tag = strings.TrimSpace(tag)
		revision, err := strconv.ParseUint(strings.Trim(tag, `"`), 10, 64)
		if err == nil && tag == etag(revision) {
			c.Revisions = append(c.Revisions, revision)
		}
	}
	return c, nil
}
