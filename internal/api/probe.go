package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"camhub/internal/probe"
)

// probe explains a camera: with one JSON object, or with server-sent events
// that tell each step and then the result.
func (s *server) probe(w http.ResponseWriter, r *http.Request) error {
	body, err := readJSON(w, r, typeJSON)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if preferred(accept, "application/json", typeEvents) != typeEvents {
		res, err := s.Probes.Probe(ctx, body, func(probe.Progress) {})
		if err != nil {
			return err
		}
		w.Header().Set("Vary", "Accept")
		return writeJSON(w, http.StatusOK, res)
	}
	m := &messages{w: w, rc: http.NewResponseController(w)}
	res, err := s.Probes.Probe(ctx, body, func(p probe.Progress) {
		if m.send("progress", p) != nil {
			cancel() // the client is gone
		}
	})
	switch {
	case err != nil && !m.begun:
		return err
	case err == nil:
		_ = m.send("result", res) // the client is gone if this fails
	}
	return nil // what began and failed can only be cut
}

const typeEvents = "text/event-stream"

// messages writes server-sent events. Nothing is written before the first.
type messages struct {
	w     http.ResponseWriter
	rc    *http.ResponseController
	begun bool
}

// send writes one message. It blocks for no longer than writeTimeout.
func (m *messages) send(name string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if !m.begun {
		m.begun = true
		h := m.w.Header()
		h.Set("Content-Type", typeEvents)
		h.Set("Vary", "Accept")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Accel-Buffering", "no") // nginx
	}
	if err := m.rc.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(m.w, "event: %s\ndata: %s\n\n", name, b); err != nil {
		return err
	}
	if err := m.rc.Flush(); err != nil {
		return err
	}
	return m.rc.SetWriteDeadline(time.Time{})
}
