package hub

import (
	"context"
	"time"

	"camhub/internal/camera"
)

// tuneTimeout bounds the wait for a device whose controls are set.
const tuneTimeout = 2 * time.Second

// keeps reports whether the worker of old, which may be nil, can go on when its
// definition becomes d, and which controls have to be set then.
func (h *Hub) keeps(old *running, d *camera.Definition) (changed map[string]*int64, ok bool) {
	if old == nil {
		return nil, false
	}
	if old.def.SameRun(d) {
		return nil, true
	}
	changed, ok = h.cfg.Kinds.Tuned(old.def.Source, d.Source)
	beside := *d
	beside.Source = old.def.Source
	return changed, ok && old.def.SameRun(&beside)
}

// tune sets controls of a camera that has just got them in its definition. One
// that has given no picture yet is opened anew, since the attempt that runs may
// be about to set the values that it began with; one that is not open gets them
// when it is. That it fails is for the log: they are kept in any case.
func (h *Hub) tune(ctx context.Context, r *running, changed map[string]*int64) {
	if !r.def.Enabled {
		return
	}
	if !r.state.connected() {
		select {
		case r.worker.restart <- struct{}{}:
		default: // it is asked for already
		}
		return
	}
	kind, _ := h.cfg.Kinds.Lookup(r.def.Source.Kind)
	ctx, cancel := context.WithTimeout(ctx, tuneTimeout)
	defer cancel()
	if err := kind.Local.Tune(ctx, r.def.Source.Options, changed); err != nil {
		r.worker.log.Warn("controls not set; they will be when the camera is opened", "err", err)
	}
}
