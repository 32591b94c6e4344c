package v4l2

import (
	"sync"
	"time"

	"camhub/internal/source"
)

// What a reader tolerated, besides what package jpegstream names.
const (
	OtherMode      = "other-mode"
	LostFrames     = "lost-frames"
	FaultyFrames   = "faulty-frames"
	RefusedControl = "refused-control"
)

// Quirks says in one sentence what each quirk means.
var Quirks = map[string]string{
	OtherMode:      "The camera does not have the format, size or rate that is asked for; the nearest is used.",
	LostFrames:     "Some frames were lost before they were read; the machine or the bus is too slow for all of them.",
	FaultyFrames:   "The driver marked some frames as damaged or gave none; they are dropped.",
	RefusedControl: "The camera refused a control; its status says which.",
}

// reader reads one camera. It is a source.Source, a source.Patient and a
// source.Capturer.
type reader struct {
	*Config

	mu      sync.Mutex // guards capture
	capture *source.Capture
}

func newReader(c *Config) *reader { return &reader{Config: c} }

// Patience implements source.Patient: a camera that is asked for one picture in
// ten seconds may be silent for as long.
func (r *reader) Patience() time.Duration {
	if r.FPS >= 1 {
		return 0
	}
	return time.Duration(float64(time.Second) / r.FPS)
}

// Capture implements source.Capturer.
func (r *reader) Capture() *source.Capture {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.capture == nil {
		return nil
	}
	c := *r.capture // Refused is not changed once it is there
	return &c
}
