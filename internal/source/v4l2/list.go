//go:build linux && cgo

package v4l2

import (
	"context"
	"slices"

	"camhub/internal/device"
)

// pipelines are drivers whose nodes are parts of a machine's own camera port or
// codec. They capture only after a program has set the whole port up, as that
// of the kind "picamera" does.
var pipelines = []string{"unicam", "bcm2835-isp", "bcm2835-codec", "rp1-cfe", "pispbe", "rpivid"}

// List returns the cameras that are plugged in now. Nodes that give no pictures
// are left out; a camera that can't be read has a Problem. It opens each node
// for a moment, also while others stream. InUseBy is left to the caller.
func List(ctx context.Context) ([]device.Device, error) {
	all, err := here.nodes()
	if err != nil {
		return nil, err
	}
	found := []device.Device{}
	for _, n := range all {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if d, ok := look(ctx, n, all); ok {
			found = append(found, d)
		}
	}
	return found, nil
}

// look describes the camera of a node. It returns false when it is none, or
// gone meanwhile.
func look(ctx context.Context, n node, all []node) (device.Device, bool) {
	d := device.Device{
		Kind: kindName, Device: stable(n, all), Name: n.name,
		Formats: []device.Format{}, Controls: []device.Control{}, InUseBy: []string{},
	}
	for _, name := range []string{n.byID, n.byPath, n.path} {
		if name != "" && name != d.Device {
			d.Paths = append(d.Paths, name)
		}
	}
	h, err := open(n.path)
	if err != nil {
		switch code(err) {
		case codeBusy, codePermission:
			d.Problem = err.Error()
			return d, true
		}
		return d, false
	}
	defer h.close()
	d.Name, d.Driver, d.Bus = h.caps.Card, h.caps.Driver, h.caps.BusInfo
	if slices.Contains(pipelines, d.Driver) {
		return d, false
	}
	offers, err := h.offers(nil)
	if err != nil {
		d.Problem = err.Error()
	}
	for _, o := range offers {
		d.Formats = append(d.Formats, o.shown())
	}
	if !slices.ContainsFunc(d.Formats, func(f device.Format) bool { return f.Supported }) && d.Problem == "" {
		d.Problem = errNoFormat(h.path, formatAuto, offers).Message
	}
	controls, err := h.controls(ctx)
	if err != nil && d.Problem == "" {
		d.Problem = err.Error()
	}
	for _, c := range controls {
		d.Controls = append(d.Controls, c.Control)
	}
	return d, true
}
