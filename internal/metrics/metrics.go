// Package metrics shows the hub's figures to Prometheus and its kin, at /metrics.
//
// The figures are read when somebody asks, from what the hub keeps anyway, so
// that they cost nothing in between, and a camera that is removed leaves no
// series behind. The only label whose values users make is the camera's ID.
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"camhub/internal/camera"
	"camhub/internal/hub"
	"camhub/internal/rendition"
)

// Cameras is what the metrics need of the registry.
type Cameras interface {
	List() ([]camera.Definition, error)
}

// Running is what the metrics need of the running cameras.
type Running interface {
	Status(id camera.ID) (hub.Status, error)
}

// Config says where the figures come from.
type Config struct {
	Cameras  Cameras
	Running  Running
	Copies   func() rendition.Stats
	BytesIn  func() uint64         // from all cameras, since the start
	BytesOut func() uint64         // to all viewers, since the start
	Store    func() (int64, error) // bytes of the database
	Version  string
	Started  time.Time
}

// scrapeTimeout bounds how long an answer takes.
const scrapeTimeout = 10 * time.Second

// maxScrapes bounds how many answers are made at once.
const maxScrapes = 4

// Handler answers in the text formats of Prometheus and OpenMetrics.
func Handler(c Config) http.Handler {
	return promhttp.HandlerFor(registry(c), promhttp.HandlerOpts{
		EnableOpenMetrics:   true,
		MaxRequestsInFlight: maxScrapes,
		Timeout:             scrapeTimeout,
		ErrorHandling:       promhttp.HTTPErrorOnError,
	})
}

func registry(c Config) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		cameras{c}, program{c},
	)
	return r
}
