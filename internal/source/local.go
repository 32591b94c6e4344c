package source

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"camhub/internal/camera"
	"camhub/internal/device"
)

// Local is what a kind has besides when its cameras are plugged into this machine.
// Other kinds have a nil *Local, whose methods say so.
type Local struct {
	// Option names the option that says which device it is: a string or a
	// number.
	Option string
	// Resolve returns the one name that stands for all names of a device. It is
	// quick. nil: a device has one name.
	Resolve func(name string) string
	// List returns the devices that are there. It returns soon after ctx has
	// ended, and may be called while they are read.
	List func(ctx context.Context) ([]device.Device, error)
	// Controls returns what can be changed of the named device while it is
	// read, and SetControls changes some of it. Both open the device on their
	// own, and return soon after ctx has ended. Both are nil for a kind without
	// controls; one with them keeps values in its option ControlsOption.
	Controls    func(ctx context.Context, name string) ([]device.Control, error)
	SetControls func(ctx context.Context, name string, values map[string]int64) error
}

// ControlsOption is the option that keeps the values of controls: an object of
// whole numbers. A source sets them each time it opens its device.
const ControlsOption = "controls"

// HasControls reports whether cameras of the kind can have controls.
func (l *Local) HasControls() bool { return l != nil && l.Controls != nil && l.SetControls != nil }

// Device returns the name of the device that a camera with these options reads,
// or "" when that can't be told.
func (l *Local) Device(options json.RawMessage) string {
	if l == nil {
		return ""
	}
	var keys map[string]json.RawMessage
	if json.Unmarshal(options, &keys) != nil {
		return ""
	}
	raw := keys[l.Option]
	var name string
	if json.Unmarshal(raw, &name) != nil {
		name = string(bytes.TrimSpace(raw)) // a number
	}
	return l.resolve(name)
}

func (l *Local) resolve(name string) string {
	if l.Resolve == nil || name == "" {
		return name
	}
	return l.Resolve(name)
}

// Reads reports whether a camera with these options reads the device d.
func (l *Local) Reads(options json.RawMessage, d device.Device) bool {
	name := l.Device(options)
	return name != "" && slices.ContainsFunc(append([]string{d.Device}, d.Paths...), func(other string) bool {
		return l.resolve(other) == name
	})
}

// Tuned reports whether sources a and b are the same but for the values of
// controls, which can be changed while the camera runs, and which values b has
// that a has not. nil stands for a value that b has no more.
func (ks Kinds) Tuned(a, b camera.Source) (changed map[string]*int64, ok bool) {
	k, known := ks.Lookup(a.Kind)
	if !known || a.Kind != b.Kind || !k.Local.HasControls() {
		return nil, false
	}
	before, beside := takeControls(a.Options)
	after, besideThat := takeControls(b.Options)
	if before == nil || after == nil || !bytes.Equal(beside, besideThat) {
		return nil, false
	}
	changed = make(map[string]*int64)
	for name, v := range after {
		if old, had := before[name]; !had || old != v {
			changed[name] = &v
		}
	}
	for name := range before {
		if _, has := after[name]; !has {
			changed[name] = nil
		}
	}
	return changed, true
}

// Controls returns the values of controls that options keep. It is nil when
// they can't be read.
func Controls(options json.RawMessage) map[string]int64 {
	values, _ := takeControls(options)
	return values
}

// takeControls takes the values of controls out of options. values is nil when
// they can't be read.
func takeControls(options json.RawMessage) (values map[string]int64, beside []byte) {
	var keys map[string]json.RawMessage
	if json.Unmarshal(options, &keys) != nil {
		return nil, nil
	}
	values = make(map[string]int64)
	if raw, has := keys[ControlsOption]; has && json.Unmarshal(raw, &values) != nil {
		return nil, nil
	}
	if values == nil { // it was null
		values = make(map[string]int64)
	}
	delete(keys, ControlsOption)
	beside, err := json.Marshal(keys)
	if err != nil {
		return nil, nil
	}
	return values, beside
}

// Tune sets what Tuned has returned at the device that options name. A value
// that is kept no more goes back to the device's default, if it has one.
func (l *Local) Tune(ctx context.Context, options json.RawMessage, changed map[string]*int64) error {
	name := l.Device(options)
	values := make(map[string]int64)
	var gone []string
	for control, v := range changed {
		if v != nil {
			values[control] = *v
		} else {
			gone = append(gone, control)
		}
	}
	if len(gone) > 0 {
		list, err := l.Controls(ctx, name)
		if err != nil {
			return err
		}
		for _, c := range list {
			if slices.Contains(gone, c.Name) && !c.ReadOnly && c.Type != "button" {
				values[c.Name] = c.Default
			}
		}
	}
	if len(values) == 0 {
		return nil
	}
	return l.SetControls(ctx, name, values)
}
