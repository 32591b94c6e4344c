package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

var (
	buildDesc       = desc("build_info", "1; the label says which version this is.", "version")
	uptimeDesc      = desc("uptime_seconds", "How long the hub has run.")
	inDesc          = desc("received_bytes_total", "Bytes from all cameras.")
	outDesc         = desc("sent_bytes_total", "Bytes of pictures to all viewers.")
	storeDesc       = desc("store_bytes", "Size of the database.")
	copiesDesc      = desc("renditions", "Smaller and slower copies of cameras that there are now.")
	madeDesc        = desc("rendition_frames_total", "Pictures that were made smaller.")
	undecodableDesc = desc("rendition_failures_total", "Pictures that could not be made smaller.")
)

// program collects the figures of the hub itself.
type program struct{ Config }

// Describe implements prometheus.Collector.
func (p program) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{buildDesc, uptimeDesc, inDesc, outDesc, storeDesc, copiesDesc, madeDesc, undecodableDesc} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (p program) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counter := func(d *prometheus.Desc, v float64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v)
	}
	gauge(buildDesc, 1, p.Version)
	gauge(uptimeDesc, time.Since(p.Started).Seconds())
	counter(inDesc, float64(p.BytesIn()))
	counter(outDesc, float64(p.BytesOut()))
	if size, err := p.Store(); err == nil {
		gauge(storeDesc, float64(size))
	}
	copies := p.Copies()
	gauge(copiesDesc, float64(copies.Running))
	counter(madeDesc, float64(copies.Pictures))
	counter(undecodableDesc, float64(copies.Undecodable))
}
