package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"camhub/internal/hub"
)

// A figure of a camera, and where it is found in a status.
type figure struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	of   func(hub.Status) float64

	recorded bool // there is none unless the camera is recorded
}

func perCamera(name, help string, kind prometheus.ValueType, of func(hub.Status) float64) figure {
	return figure{desc: desc(name, help, "camera"), kind: kind, of: of}
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("camhub_"+name, help, labels, nil)
}

var figures = []figure{
	perCamera("camera_frames_total", "Pictures that the camera sent since the hub started or the source changed.",
		prometheus.CounterValue, func(s hub.Status) float64 { return float64(s.Frames) }),
	perCamera("camera_received_bytes_total", "Bytes of the pictures that the camera sent since the hub started or the source changed.",
		prometheus.CounterValue, func(s hub.Status) float64 { return float64(s.Bytes) }),
	perCamera("camera_dropped_frames_total", "Pictures that slow viewers missed.",
		prometheus.CounterValue, func(s hub.Status) float64 { return float64(s.Dropped) }),
	perCamera("camera_connects_total", "Attempts to reach the camera since the hub started or the source changed.",
		prometheus.CounterValue, func(s hub.Status) float64 { return float64(s.Connects) }),
	perCamera("camera_viewers", "Who watches the camera now.",
		prometheus.GaugeValue, func(s hub.Status) float64 { return float64(s.Viewers) }),
	perCamera("camera_frame_rate", "Pictures a second, over 5 s.",
		prometheus.GaugeValue, func(s hub.Status) float64 { return s.FPS }),
	perCamera("camera_quirks", "How many things the reader had to tolerate or repair.",
		prometheus.GaugeValue, func(s hub.Status) float64 { return float64(len(s.Quirks)) }),
	recorded("camera_recorded_frames_total", "Pictures that were recorded since recording began; absent when it is off.",
		prometheus.CounterValue, func(r *hub.Recording) float64 { return float64(r.Pictures) }),
	recorded("camera_recording_lost_frames_total", "Pictures that could not be recorded since recording began; absent when it is off.",
		prometheus.CounterValue, func(r *hub.Recording) float64 { return float64(r.Lost) }),
	recorded("camera_recording_failing", "1 when pictures can't be written, else 0; absent when recording is off.",
		prometheus.GaugeValue, func(r *hub.Recording) float64 {
			if r.State == "failing" {
				return 1
			}
			return 0
		}),
}

// recorded is a figure of a camera that is recorded now.
func recorded(name, help string, kind prometheus.ValueType, of func(*hub.Recording) float64) figure {
	f := perCamera(name, help, kind, func(s hub.Status) float64 { return of(s.Recording) })
	f.recorded = true
	return f
}

var (
	stateDesc = desc("camera_state", "1 for the state that the camera is in, 0 for the others.", "camera", "state")
	ageDesc   = desc("camera_frame_age_seconds", "Age of the newest picture. Absent when there was none.", "camera")
	infoDesc  = desc("camera_info", "1 for every camera that is defined.", "camera", "kind")
)

var states = []hub.State{hub.Disabled, hub.Idle, hub.Connecting, hub.Live, hub.Stale, hub.Offline}

// cameras collects the figures of all cameras.
type cameras struct{ Config }

// Describe implements prometheus.Collector.
func (c cameras) Describe(out chan<- *prometheus.Desc) {
	for _, f := range figures {
		out <- f.desc
	}
	out <- stateDesc
	out <- ageDesc
	out <- infoDesc
}

// Collect implements prometheus.Collector.
func (c cameras) Collect(out chan<- prometheus.Metric) {
	list, err := c.Cameras.List()
	if err != nil {
		out <- prometheus.NewInvalidMetric(infoDesc, err)
		return
	}
	for _, d := range list {
		s, err := c.Running.Status(d.ID)
		if err != nil {
			continue // it was deleted in between
		}
		id := string(d.ID)
		for _, f := range figures {
			if !f.recorded || s.Recording != nil {
				out <- prometheus.MustNewConstMetric(f.desc, f.kind, f.of(s), id)
			}
		}
		for _, state := range states {
			in := 0.0
			if state == s.State {
				in = 1
			}
			out <- prometheus.MustNewConstMetric(stateDesc, prometheus.GaugeValue, in, id, string(state))
		}
		if s.LastFrameAt != nil {
			out <- prometheus.MustNewConstMetric(ageDesc, prometheus.GaugeValue, time.Since(*s.LastFrameAt).Seconds(), id)
		}
		out <- prometheus.MustNewConstMetric(infoDesc, prometheus.GaugeValue, 1, id, d.Source.Kind)
	}
}
