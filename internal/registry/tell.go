package registry

import (
	"camhub/internal/camera"
	"camhub/internal/event"
)

// Tell takes what another part of the program has to say of a camera, to be written
// down soon. It never blocks.
func (r *Registry) Tell(e event.Event) { r.happened(e) }

// StatusChanged tells the watchers that the status of a camera is no longer what it
// was, in what another part of the program adds to it. It never blocks.
func (r *Registry) StatusChanged(id camera.ID) { r.notify(func(c *Changes) { c.Statuses[id] = true }) }
