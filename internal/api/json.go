package api

import (
	"net/http"

	"camhub/internal/fault"
	"camhub/internal/route"
)

const (
	typeJSON  = route.TypeJSON
	typePatch = "application/merge-patch+json" // RFC 7396
)

var (
	readJSON  = route.ReadJSON
	writeJSON = route.WriteJSON
)

// readPatch returns the body of a request that is a JSON merge patch, and tells a
// client that sends another type what is taken (RFC 5789, section 2.2).
func readPatch(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	patch, err := readJSON(w, r, typePatch, typeJSON)
	if fault.KindOf(err) == fault.MediaType {
		w.Header().Set("Accept-Patch", typePatch+", "+typeJSON)
	}
	return patch, err
}
