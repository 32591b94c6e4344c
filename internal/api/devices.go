package api

import (
	"net/http"
)

// listDevices answers with what is plugged into this machine.
func (s *server) listDevices(w http.ResponseWriter, r *http.Request) error {
	found, err := s.Devices.Devices(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, found)
}

// getControls answers with what can be changed of a camera while it runs.
func (s *server) getControls(w http.ResponseWriter, r *http.Request) error {
	c, err := s.Cameras.Controls(r.Context(), cameraID(r))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, c)
}

// patchControls changes some of it, and keeps the values unless it is a try.
func (s *server) patchControls(w http.ResponseWriter, r *http.Request) error {
	q := newQuery(r, "try")
	set := s.Cameras.SetControls
	if q.flag("try") {
		set = s.Cameras.TryControls
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
	controls, err := set(r.Context(), cameraID(r), patch, c)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, controls)
}
