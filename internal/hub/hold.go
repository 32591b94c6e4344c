package hub

import (
	"context"
	"errors"
	"sync"

	"camhub/internal/camera"
	"camhub/internal/gate"
)

// ErrConnected says that a camera can't be held: it is connected and has given
// pictures.
var ErrConnected = errors.New("hub: the camera is connected")

// errHeld ends an attempt that has to make way.
var errHeld = errors.New("hub: the camera is held")

// turns lets one at a time connect to a camera: its worker, or who holds it. It
// belongs to the ID and outlives workers.
type turns struct {
	gate gate.Gate // held by whoever may connect
	// ask is received from by an attempt only. It answers whether it makes way.
	ask chan chan bool
}

func newTurns() turns { return turns{gate: gate.New(), ask: make(chan chan bool)} }

// Hold keeps the hub from connecting to a camera, so that somebody else can,
// and returns when it is not connected. An attempt that has given no picture
// yet is ended; one that has goes on, and Hold returns ErrConnected. Whoever
// wants pictures meanwhile waits. The caller must call release, which may be
// called twice.
func (h *Hub) Hold(ctx context.Context, id camera.ID) (release func(), err error) {
	r, err := h.get(id)
	if err != nil {
		return nil, err
	}
	answer := make(chan bool, 1)
	ask := r.turns.ask
	for {
		select {
		case r.turns.gate <- struct{}{}:
			return sync.OnceFunc(r.turns.gate.Unlock), nil
		case ask <- answer:
			if !<-answer {
				return nil, ErrConnected
			}
			ask = nil // it makes way
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}
