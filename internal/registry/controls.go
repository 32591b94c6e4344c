package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/device"
	"camhub/internal/fault"
	"camhub/internal/source"
	"camhub/internal/strict"
)

// deviceTimeout bounds the wait for a device that is asked for its controls or
// whose controls are set.
const deviceTimeout = 2 * time.Second

// Controls is what can be changed of a camera while it runs. The zero Controls
// but for its JSON form is that of a camera without any.
type Controls struct {
	Controls []device.Control `json:"controls"`          // as the device has them now
	Stored   map[string]int64 `json:"stored"`            // the values that the definition keeps
	Problem  string           `json:"problem,omitempty"` // why the device can't be asked, for a person
}

// Controls returns the controls of a camera. When its device can't be asked,
// they say so; that is no error. The error is a fault.NotFound when there is no
// such camera.
func (r *Registry) Controls(ctx context.Context, id camera.ID) (Controls, error) {
	d, err := r.store.Camera(id)
	if err != nil {
		return Controls{}, err
	}
	return r.controlsOf(ctx, d.Source), nil
}

func (r *Registry) controlsOf(ctx context.Context, s camera.Source) Controls {
	c := Controls{Controls: []device.Control{}, Stored: map[string]int64{}}
	kind, _ := r.kinds.Lookup(s.Kind)
	if !kind.Local.HasControls() {
		return c
	}
	maps.Copy(c.Stored, source.Controls(s.Options))
	ctx, cancel := context.WithTimeout(ctx, deviceTimeout)
	defer cancel()
	list, err := kind.Local.Controls(ctx, kind.Local.Device(s.Options))
	if err != nil {
		c.Problem = explain(err)
	}
	c.Controls = append(c.Controls, list...)
	return c
}

// explain says for a person why a device could not be used.
func explain(err error) string {
	if e, ok := errors.AsType[*source.Error](err); ok {
		return e.Message
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "The device does not answer."
	}
	return err.Error()
}

// SetControls changes controls of a camera: patch is an object of whole numbers
// by the names of controls, and null for the default. They are set at the
// device, if it is there, and kept in the definition, but for buttons. Nothing
// is kept when the device does not take them. The error is a fault.Invalid with
// pointers such as "/brightness", a fault.NotFound, or a fault.Unavailable.
func (r *Registry) SetControls(ctx context.Context, id camera.ID, patch []byte, c Condition) (Controls, error) {
	return r.setControls(ctx, id, patch, c, true)
}

// TryControls is SetControls for somebody who still looks for a value, such as
// with a slider: the device gets the values, and the definition stays as it is. A
// device that is away can't be tried; the error is a fault.Unavailable then.
func (r *Registry) TryControls(ctx context.Context, id camera.ID, patch []byte, c Condition) (Controls, error) {
	return r.setControls(ctx, id, patch, c, false)
}

func (r *Registry) setControls(ctx context.Context, id camera.ID, patch []byte, c Condition, keep bool) (Controls, error) {
	values, errs := decodeValues(patch)
	d, err := r.store.Camera(id)
	if err != nil {
		return Controls{}, err
	}
	if err := c.check(&d); err != nil {
		return Controls{}, err
	}
	kind, _ := r.kinds.Lookup(d.Source.Kind)
	now := r.controlsOf(ctx, d.Source)
	errs = multierror.Append(errs, checkValues(values, now, kind.Local.HasControls())...)
	if err := fault.InvalidFields("The controls are not valid.", errs); err != nil {
		return Controls{}, err
	}
	kept := withoutButtons(values, now.Controls)
	if _, err := r.withValues(d.Source, kept); err != nil {
		return Controls{}, err
	}
	switch {
	case now.Problem == "":
		err = tune(ctx, kind.Local, d.Source.Options, values)
	case !keep || len(kept) < len(values): // what is not there can't be tried, nor its buttons be pressed
		err = fault.New(fault.Unavailable, "%s", now.Problem)
	}
	if err == nil && keep {
		err = r.keep(ctx, d, kept, c)
	}
	if err != nil {
		return Controls{}, err
	}
	return r.Controls(ctx, id)
}

// keep stores values in the definition that was d a moment ago. Nobody waits for
// a device meanwhile.
func (r *Registry) keep(ctx context.Context, d camera.Definition, values map[string]*int64, c Condition) error {
	if err := r.edit.Lock(ctx); err != nil {
		return err
	}
	defer r.edit.Unlock()
	old, err := r.store.Camera(d.ID)
	if err != nil {
		return err
	}
	if err := c.check(&old); err != nil {
		return err
	}
	next := old
	if next.Source, err = r.withValues(old.Source, values); err != nil {
		return err
	}
	if bytes.Equal(next.Source.Options, old.Source.Options) {
		return nil
	}
	_, err = r.put(ctx, next, &old)
	return err
}

// decodeValues reads a patch. The faults are those of all names.
func decodeValues(patch []byte) (map[string]*int64, *multierror.Error) {
	var errs *multierror.Error
	var keys map[string]json.RawMessage
	if json.Unmarshal(patch, &keys) != nil || keys == nil {
		return nil, multierror.Append(errs, fault.Fieldf("", "must be an object"))
	}
	values := make(map[string]*int64)
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		var v *int64
		if json.Unmarshal(keys[name], &v) != nil {
			errs = multierror.Append(errs, fault.Fieldf("/"+strict.Token(name), "must be a whole number, or null for the default"))
			continue
		}
		values[name] = v
	}
	return values, errs
}

// checkValues returns what is wrong with values, as far as the device can tell.
func checkValues(values map[string]*int64, now Controls, has bool) []error {
	if has && now.Problem != "" {
		return nil // it is not there to be asked
	}
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if detail := checkValue(name, values[name], now); detail != "" {
			faults = append(faults, fault.Field{Pointer: "/" + strict.Token(name), Detail: detail})
		}
	}
	return faults
}

// withoutButtons returns values without those of buttons, which are not kept.
func withoutButtons(values map[string]*int64, list []device.Control) map[string]*int64 {
	kept := maps.Clone(values)
	for _, c := range list {
		if c.Type == "button" {
			delete(kept, c.Name)
		}
	}
	return kept
}

// withValues returns s with values in its controls. The error is a
// fault.Invalid when the kind does not take them.
func (r *Registry) withValues(s camera.Source, values map[string]*int64) (camera.Source, error) {
	if len(values) == 0 {
		return s, nil
	}
	patch, err := json.Marshal(map[string]any{source.ControlsOption: values})
	if err != nil {
		return s, err
	}
	options, err := jsonpatch.MergePatch(s.Options, patch)
	if err != nil {
		return s, err
	}
	normal, errs := r.kinds.Normalize(camera.Source{Kind: s.Kind, Options: options})
	return normal, fault.InvalidFields("The controls are not valid.", below(errs, "/source/"+source.ControlsOption))
}

// below moves the pointers of faults from below a place to the root.
func below(err error, place string) *multierror.Error {
	var errs *multierror.Error
	for _, f := range fault.Fields(err) {
		f.Pointer = strings.TrimPrefix(f.Pointer, place)
		errs = multierror.Append(errs, f)
	}
	return errs
}

// tune sets values at the device.
func tune(ctx context.Context, l *source.Local, options json.RawMessage, values map[string]*int64) error {
	if len(values) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, deviceTimeout)
	defer cancel()
	err := l.Tune(ctx, options, values)
	if err == nil {
		return nil
	}
	if errs := below(err, "/"+source.ControlsOption); errs != nil {
		return fault.InvalidFields("The camera does not take these values.", errs)
	}
	return &fault.Error{Kind: fault.Unavailable, Msg: "The camera did not take the values: " + explain(err), Err: err}
}
