package hub

import (
	"time"

	"camhub/internal/event"
	"camhub/internal/media"
	"camhub/internal/source"
)

// State is what a camera's worker does now.
type State string

// The states of a worker.
const (
	Disabled   State = "disabled"   // the definition says so
	Idle       State = "idle"       // on demand, and nobody watches
	Connecting State = "connecting" // an attempt runs and has given no picture yet
	Live       State = "live"       // pictures come
	Stale      State = "stale"      // connected, and no new picture for longer than usual
	Offline    State = "offline"    // the last attempt failed; the next one has a time
)

// Status is a camera at one moment. It is a value: nothing changes it later.
type Status struct {
	State       State         `json:"state"`
	Since       time.Time     `json:"since"`
	LastFrameAt *time.Time    `json:"last_frame_at"`
	FrameAgeMS  *int64        `json:"frame_age_ms"`
	FrozenSince *time.Time    `json:"frozen_since"` // since when it sends the identical picture, if it should move
	Codec       media.Codec   `json:"codec,omitempty"`
	Width       int           `json:"width,omitempty"`
	Height      int           `json:"height,omitempty"`
	FPS         float64       `json:"fps"`     // pictures a second, over 5 s
	Bitrate     int64         `json:"bitrate"` // bits a second, over 5 s
	Frames      uint64        `json:"frames"`  // pictures since the hub started or the source changed
	Bytes       uint64        `json:"bytes"`   // of those pictures
	Viewers     int           `json:"viewers"`
	Dropped     uint64        `json:"dropped"`  // pictures that slow viewers missed
	Attempts    int           `json:"attempts"` // since it was last live for a minute
	Connects    uint64        `json:"connects"` // attempts since the hub started or the source changed
	RetryAt     *time.Time    `json:"retry_at"`
	Error       *event.Reason `json:"error"`     // why the last attempt failed, until the next picture
	Quirks      []string      `json:"quirks"`    // what the reader had to tolerate or repair
	Recording   *Recording    `json:"recording"` // nil when the camera is not to be recorded now

	Capture *source.Capture `json:"capture,omitempty"` // of a local camera that was open: what it was asked for and what it gave
}
