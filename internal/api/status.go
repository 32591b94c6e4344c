package api

import (
	"io"
	"net/http"
	"runtime/metrics"
	"time"

	"camhub/internal/access"
	"camhub/internal/hub"
)

// hubJSON is the hub at one moment.
type hubJSON struct {
	Version     string            `json:"version"`
	StartedAt   time.Time         `json:"started_at"`
	UptimeS     int64             `json:"uptime_s"`
	LocalTime   string            `json:"local_time"` // now, in the time zone that schedules are in; as in RFC 3339
	Cameras     map[hub.State]int `json:"cameras"`    // how many are in each state
	Viewers     int               `json:"viewers"`
	BytesInPS   int64             `json:"bytes_in_per_s"`
	BytesOutPS  int64             `json:"bytes_out_per_s"`
	MemoryBytes uint64            `json:"memory_bytes"` // that the program holds of the system's
	Renditions  renditionsJSON    `json:"renditions"`
}

// renditionsJSON is the work on smaller and slower copies.
type renditionsJSON struct {
	Running     int    `json:"running"`
	Pictures    uint64 `json:"pictures"`    // made smaller since the program started
	Undecodable uint64 `json:"undecodable"` // that could not be
}

func (s *server) hubStatus(w http.ResponseWriter, r *http.Request) error {
	list, err := s.cameras(access.From(r.Context()))
	if err != nil {
		return err
	}
	h := hubJSON{
		Version: s.Version, StartedAt: s.Started.UTC(), UptimeS: int64(time.Since(s.Started).Seconds()),
		LocalTime: time.Now().Format(time.RFC3339),
		Cameras: map[hub.State]int{
			hub.Disabled: 0, hub.Idle: 0, hub.Connecting: 0, hub.Live: 0, hub.Stale: 0, hub.Offline: 0,
		},
		BytesInPS: int64(s.Running.BytesIn()), BytesOutPS: int64(s.BytesOut()), MemoryBytes: memory(),
	}
	copies := s.Copies()
	h.Renditions = renditionsJSON{Running: copies.Running, Pictures: copies.Pictures, Undecodable: copies.Undecodable}
	for _, c := range list {
		h.Cameras[c.Status.State]++
		h.Viewers += c.Status.Viewers
	}
	return writeJSON(w, http.StatusOK, h)
}

// memory returns what the Go runtime has mapped and not given back.
func memory() uint64 {
	samples := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(samples)
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}

// healthy answers as long as the program answers at all.
func (s *server) healthy(w http.ResponseWriter, _ *http.Request) error {
	return plain(w, "ok\n")
}

func plain(w http.ResponseWriter, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, err := io.WriteString(w, text)
	return err
}
