package api

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/access"
	"camhub/internal/fault"
	"camhub/internal/retention"
	"camhub/internal/route"
)

// pinsJSON is the list of pins.
type pinsJSON struct {
	Pins []retention.Pin `json:"pins"`
}

func (s *server) listPins(w http.ResponseWriter, r *http.Request) error {
	pins, err := s.pins(access.From(r.Context()))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, pinsJSON{pins})
}

// pins returns the pins of cameras all of which the caller may see.
func (s *server) pins(who *access.Caller) ([]retention.Pin, error) {
	pins, err := s.Recording.Pins()
	return slices.DeleteFunc(pins, func(p retention.Pin) bool { return !seesEach(who, p.Cameras) }), err
}

func (s *server) addPin(w http.ResponseWriter, r *http.Request) error {
	body, err := readJSON(w, r, typeJSON)
	if err != nil {
		return err
	}
	p, errs := retention.DecodePin(body)
	who := access.From(r.Context())
	for i, id := range p.Cameras {
		if id.Valid() && !who.Sees(id) {
			errs = multierror.Append(errs, fault.Fieldf(fmt.Sprintf("/cameras/%d", i), "is not one that you may see"))
		}
	}
	if err := fault.InvalidFields("The pin is not valid.", errs); err != nil {
		return err
	}
	if p, err = s.Recording.AddPin(r.Context(), p); err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/pins/"+strconv.FormatUint(p.ID, 10))
	return writeJSON(w, http.StatusCreated, p)
}

func (s *server) removePin(w http.ResponseWriter, r *http.Request) error {
	text := route.Var(r, "pin")
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "There is no pin %.40q.", text)
	}
	pins, err := s.pins(access.From(r.Context()))
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(pins, func(p retention.Pin) bool { return p.ID == id }) {
		return fault.New(fault.NotFound, "There is no pin %d.", id)
	}
	if err := s.Recording.RemovePin(r.Context(), id); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
