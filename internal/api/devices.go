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

// patchControls changes some of it.
func (s *server) patchControls(w http.ResponseWriter, r *http.Request) error {
	c, err := condition(r)
	if err != nil {
		return err
	}
	patch, err := readPatch(w, r)
	if err != nil {
		return err
	}
	controls, err := s.Cameras.SetControls(r.Context(), cameraID(r), patch, c)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, controls)
}
