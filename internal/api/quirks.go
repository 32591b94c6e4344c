package api

import (
	"maps"
	"net/http"
	"slices"
)

// quirkJSON is something that the hub tolerates of cameras.
type quirkJSON struct {
	Name string `json:"name"` // as in the status of a camera
	Text string `json:"text"` // a sentence for people
}

// listQuirks answers with every quirk there is, by name.
func (s *server) listQuirks(w http.ResponseWriter, _ *http.Request) error {
	all := make(map[string]string)
	for _, table := range s.Quirks {
		maps.Copy(all, table)
	}
	list := make([]quirkJSON, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, quirkJSON{Name: name, Text: all[name]})
	}
	return writeJSON(w, http.StatusOK, map[string][]quirkJSON{"quirks": list})
}
