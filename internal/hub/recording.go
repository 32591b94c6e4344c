package hub

import (
	"time"

	"camhub/internal/event"
)

// Recording is what is recorded of a camera at one moment. The hub itself does not
// know it: who records adds it to a Status.
type Recording struct {
	State    string        `json:"state"` // waiting for a picture, recording, or failing: pictures can't be written
	Since    time.Time     `json:"since"`
	Reason   *event.Reason `json:"reason"`   // why it waits or fails
	RetryAt  *time.Time    `json:"retry_at"` // when it fails: the next try
	Pictures uint64        `json:"pictures"` // recorded since the recording began
	Bytes    uint64        `json:"bytes"`    // of those pictures
	Lost     uint64        `json:"lost"`     // pictures that came since then and could not be recorded
}
