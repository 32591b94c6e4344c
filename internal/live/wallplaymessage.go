package live

import (
	"encoding/json"
	"math"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/event"
	"camhub/internal/fault"
	"camhub/internal/strict"
)

// playOp is what a client of the wall may ask of recordings.
type playOp string

// The operations. All but opPlay and opSpeed leave the speed as it is.
const (
	opPlay  playOp = "play"  // from an instant, or on from where the clock stands
	opSeek  playOp = "seek"  // go to an instant, and play on if it was playing
	opPause playOp = "pause" // stand still; of live pictures, now
	opStep  playOp = "step"  // stand still some pictures further on, or back
	opSpeed playOp = "speed"
	opLive  playOp = "live" // leave the recordings
)

// maxSteps bounds the pictures of one step.
const maxSteps = 100

// playRequest is a message about recordings. What a client left out is nil.
type playRequest struct {
	Op    playOp     `json:"op"`
	At    *time.Time `json:"at"`
	Speed *float64   `json:"speed"`
	By    *int       `json:"by"`
	Tile  *int       `json:"tile"` // whose pictures are stepped over
}

// playFields says which fields an operation has: true ones are required.
var playFields = map[playOp]map[string]bool{
	opPlay:  {"at": false, "speed": false},
	opSeek:  {"at": true},
	opPause: {},
	opStep:  {"by": true, "tile": false},
	opSpeed: {"speed": true},
	opLive:  {},
}

// parsePlayRequest reads such a message. An error says that the client does not speak the
// protocol; a value out of its range is a refusal.
func parsePlayRequest(b []byte) (request, error) {
	var p playRequest
	if errs := strict.Object(b, &p, ""); errs != nil {
		return request{refusals: []refusal{{-1, fault.InvalidFields("The message is not valid.", errs)}}}, nil
	}
	if errs := p.check(); errs != nil {
		return request{refusals: []refusal{{-1, fault.InvalidFields("The message is not valid.", errs)}}}, nil
	}
	return request{play: &p}, nil
}

// check returns all that is wrong with the values of p.
func (p *playRequest) check() *multierror.Error {
	var errs *multierror.Error
	bad := func(name, format string, args ...any) {
		errs = multierror.Append(errs, fault.Fieldf("/"+name, format, args...))
	}
	has := map[string]bool{"at": p.At != nil, "speed": p.Speed != nil, "by": p.By != nil, "tile": p.Tile != nil}
	for _, name := range []string{"at", "speed", "by", "tile"} {
		required, known := playFields[p.Op][name]
		switch {
		case has[name] && !known:
			bad(name, "does not belong to %s", p.Op)
		case !has[name] && required:
			bad(name, "is required")
		}
	}
	if p.At != nil && (p.At.Year() < 1970 || p.At.Year() > 9999) {
		bad("at", "must be an instant from 1970 to 9999")
	}
	if p.Speed != nil {
		if v := math.Abs(*p.Speed); !(v >= minSpeed && v <= maxSpeed) {
			bad("speed", "must be %v to %v, or -%v to -%v for backwards", minSpeed, maxSpeed, minSpeed, maxSpeed)
		}
	}
	if p.By != nil && (*p.By == 0 || *p.By < -maxSteps || *p.By > maxSteps) {
		bad("by", "must be 1 to %d pictures, or -1 to -%d for back", maxSteps, maxSteps)
	}
	if p.Tile != nil && (*p.Tile < 0 || *p.Tile > math.MaxUint16) {
		bad("tile", "must be 0 to %d", math.MaxUint16)
	}
	return errs
}

// clockMessage tells a client of the clock: at is what it shows when the
// message is made. Without at, the tiles are live.
func clockMessage(c wallClock, on bool, real time.Time) ([]byte, error) {
	m := struct {
		Op      string     `json:"op"`
		Live    bool       `json:"live"`
		At      *time.Time `json:"at,omitempty"`
		Speed   float64    `json:"speed,omitempty"`
		Playing bool       `json:"playing"`
	}{Op: "clock", Live: !on}
	if on {
		at := c.now(real).UTC()
		m.At, m.Speed, m.Playing = &at, c.speed, c.playing
	}
	return json.Marshal(m)
}

// wallGap is a stretch in which a tile has nothing to show.
type wallGap struct {
	from, until time.Time // zero: from ever, for ever
	reason      event.Reason
}

// holds reports whether an instant lies in it.
func (g wallGap) holds(t time.Time) bool {
	return g != wallGap{} && t.After(g.from) && (g.until.IsZero() || t.Before(g.until))
}

// gapMessage tells a client of a tile that has nothing to show now. The next
// picture of the tile ends it.
func gapMessage(tile uint16, g wallGap) ([]byte, error) {
	m := struct {
		Op     string       `json:"op"`
		Tile   uint16       `json:"tile"`
		Reason event.Reason `json:"reason"`
		From   *time.Time   `json:"from"`
		Until  *time.Time   `json:"until"`
	}{Op: "gap", Tile: tile, Reason: g.reason}
	if !g.from.IsZero() {
		m.From = &g.from
	}
	if !g.until.IsZero() {
		m.Until = &g.until
	}
	return json.Marshal(m)
}
