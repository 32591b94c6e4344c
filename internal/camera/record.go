package camera

import (
	"github.com/hashicorp/go-multierror"

	"camhub/internal/fault"
	"camhub/internal/schedule"
	"camhub/internal/strict"
)

// RecordMode says when a camera is recorded.
type RecordMode string

// The modes of recording.
const (
	RecordOff      RecordMode = "off"
	RecordAlways   RecordMode = "always"
	RecordSchedule RecordMode = "schedule" // by Record.Schedule
)

// Record says what is kept of a camera's pictures.
type Record struct {
	Mode      RecordMode `json:"mode"`
	Schedule  string     `json:"schedule"`   // as package schedule reads it; "" unless Mode is RecordSchedule
	MaxFPS    *float64   `json:"max_fps"`    // pictures a second that are kept at most; nil is all
	KeepDays  *float64   `json:"keep_days"`  // older ones are deleted; nil is no limit
	KeepBytes *int64     `json:"keep_bytes"` // the oldest beyond it are deleted; nil is no limit
}

// Limits of a Record.
const (
	maxRecordFPS = 1000
	MaxKeepDays  = 36500
	MinKeepBytes = 1 << 20
)

// Plan returns the hours of a valid Record whose mode is RecordSchedule.
func (r *Record) Plan() schedule.Weekly {
	w, _ := schedule.Parse(r.Schedule) // Validate has seen it
	return w
}

// decodeRecord reads the object b over the defaults.
func decodeRecord(b []byte) (Record, *multierror.Error) {
	r := Record{Mode: RecordOff}
	errs := strict.Object(b, &r, "/record")
	return r, errs
}

// validate reports everything wrong with r.
func (r *Record) validate() *multierror.Error {
	var errs *multierror.Error
	bad := func(field, format string, args ...any) {
		errs = multierror.Append(errs, fault.Fieldf("/record/"+field, format, args...))
	}
	switch r.Mode {
	case RecordOff, RecordAlways:
		if r.Schedule != "" {
			bad("schedule", "must be left out unless the mode is %q", RecordSchedule)
		}
	case RecordSchedule:
		if _, err := schedule.Parse(r.Schedule); err != nil {
			bad("schedule", "%v", err)
		}
	default:
		bad("mode", "must be %q, %q or %q", RecordOff, RecordAlways, RecordSchedule)
	}
	if r.MaxFPS != nil && !(*r.MaxFPS > 0 && *r.MaxFPS <= maxRecordFPS) {
		bad("max_fps", "must be more than 0 and at most %d, or null", maxRecordFPS)
	}
	if r.KeepDays != nil && !(*r.KeepDays > 0 && *r.KeepDays <= MaxKeepDays) {
		bad("keep_days", "must be more than 0 and at most %d, or null", MaxKeepDays)
	}
	if r.KeepBytes != nil && *r.KeepBytes < MinKeepBytes {
		bad("keep_bytes", "must be at least %d, or null", MinKeepBytes)
	}
	return errs
}
