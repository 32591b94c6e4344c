package record

import (
	"time"

	"camhub/internal/record/archive"
)

// State says what a recorder does.
type State string

// The states.
const (
	Waiting   State = "waiting"   // for a picture
	Recording State = "recording" // pictures are written
	Failing   State = "failing"   // pictures come and can't be written
)

// Status is what a recorder does now and has done.
type Status struct {
	State    State
	Since    time.Time
	Gap      archive.Gap // why it waits or fails
	Err      error       // of the last try, while it fails
	RetryAt  time.Time   // when it fails
	Segment  time.Time   // start of the one being written, or zero
	Pictures uint64      // recorded since it began
	Bytes    uint64      // of those pictures
	Lost     uint64      // pictures that came and were not recorded, for whatever reason
	Queued   int64       // bytes that wait for the disk
}

// Status returns what the recorder does now. It may be called from anywhere.
func (r *Recorder) Status() Status {
	_, queued, lost := r.queue.state()
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.status
	s.Queued = queued
	s.Lost += lost
	return s
}

// set changes the state.
func (r *Recorder) set(s State, gap archive.Gap, err error, retry time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.status.State != s || r.status.Gap != gap {
		r.status.Since = time.Now()
	}
	r.status.State, r.status.Gap, r.status.Err, r.status.RetryAt = s, gap, err, retry
}

// count counts a picture of so many bytes that was recorded.
func (r *Recorder) count(bytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status.Pictures++
	r.status.Bytes += uint64(bytes)
}

// lose counts a picture that was not.
func (r *Recorder) lose() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status.Lost++
}

func (r *Recorder) setSegment(t time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status.Segment = t
}
