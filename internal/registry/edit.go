package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/hashicorp/go-multierror"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/fault"
	"camhub/internal/source"
)

// Condition is what a caller expects of the camera that it changes. The zero
// Condition expects nothing.
type Condition struct {
	Absent    bool     // there must be none (If-None-Match: *)
	Present   bool     // there must be one (If-Match: *)
	Revisions []uint64 // if not nil: it must have one of these revisions
}

// check returns a fault.Precondition error when d, which may be nil, is not
// what the caller expects.
func (c Condition) check(d *camera.Definition) error {
	if c.Absent && d != nil {
		return fault.New(fault.Precondition, "There is a camera %q already.", d.ID)
	}
	if !c.Present && c.Revisions == nil {
		return nil
	}
	if d == nil {
		return fault.New(fault.Precondition, "There is no such camera.")
	}
	for _, revision := range c.Revisions {
		if revision == d.Revision {
			return nil
		}
	}
	if c.Present {
		return nil
	}
	return fault.New(fault.Precondition, "The camera has changed: it is at revision %d.", d.Revision)
}

// Create adds the camera that the JSON object body describes. Its ID is made
// from its name when body has none. It returns the camera as it is stored.
func (r *Registry) Create(ctx context.Context, body []byte) (camera.Definition, error) {
	d, errs := camera.Decode(body)
	if err := r.edit.Lock(ctx); err != nil {
		return d, err
	}
	defer r.edit.Unlock()
	if d.ID == "" {
		id, err := r.newID(d.Name)
		if err != nil {
			return d, err
		}
		d.ID = id
	}
	d.Source = r.kinds.Inherit(d.Source, camera.Source{})
	if err := r.check(ctx, &d, camera.Source{}, errs); err != nil {
		return d, err
	}
	if old, err := r.lookup(d.ID); err != nil {
		return d, err
	} else if old != nil {
		return d, fault.New(fault.Conflict, "There is a camera %q already.", d.ID)
	}
	return r.put(ctx, d, nil)
}

// Replace puts the camera that body describes under id, and reports whether it
// is new. Secrets that body leaves out are kept.
func (r *Registry) Replace(ctx context.Context, id camera.ID, body []byte, c Condition) (d camera.Definition, created bool, err error) {
	d, errs := camera.Decode(body)
	if d.ID == "" {
		d.ID = id
	}
	if d.ID != id {
		errs = multierror.Append(errs, fault.Fieldf("/id", "must be %q as in the path, or be left out", id))
	}
	if err := r.edit.Lock(ctx); err != nil {
		return d, false, err
	}
	defer r.edit.Unlock()
	old, err := r.lookup(id)
	if err != nil {
		return d, false, err
	}
	if err := c.check(old); err != nil {
		return d, false, err
	}
	var before camera.Source
	if old != nil {
		before = old.Source
	}
	given := d.Source
	d.Source = r.kinds.Inherit(given, before)
	errs = r.addMisdirected(errs, given, before, d.Source)
	if err := r.check(ctx, &d, before, errs); err != nil {
		return d, false, err
	}
	d, err = r.put(ctx, d, old)
	return d, old == nil, err
}

// Patch changes a camera by a JSON merge patch (RFC 7396).
func (r *Registry) Patch(ctx context.Context, id camera.ID, patch []byte, c Condition) (camera.Definition, error) {
	if err := r.edit.Lock(ctx); err != nil {
		return camera.Definition{}, err
	}
	defer r.edit.Unlock()
	d, old, err := r.wouldBe(ctx, id, patch, c)
	if err != nil {
		return d, err
	}
	return r.put(ctx, d, &old)
}

// Try returns the camera that Patch would make, with the revision that it has now, or
// the error of Patch. It changes nothing.
func (r *Registry) Try(ctx context.Context, id camera.ID, patch []byte, c Condition) (camera.Definition, error) {
	if err := r.edit.Lock(ctx); err != nil {
		return camera.Definition{}, err
	}
	defer r.edit.Unlock()
	d, old, err := r.wouldBe(ctx, id, patch, c)
	d.Source = r.kinds.Redact(d.Source)
	d.Revision, d.CreatedAt, d.UpdatedAt = old.Revision, old.CreatedAt, old.UpdatedAt
	return d, err
}

// wouldBe returns a camera as a merge patch makes it, and as it is. Called with edit
// held.
func (r *Registry) wouldBe(ctx context.Context, id camera.ID, patch []byte, c Condition) (d, old camera.Definition, err error) {
	if err := checkPatch(patch); err != nil {
		return d, old, err
	}
	if old, err = r.expected(id, c); err != nil {
		return d, old, err
	}
	d, errs, err := r.patched(old, patch)
	if err != nil {
		return d, old, err
	}
	if d.ID != id {
		errs = multierror.Append(errs, fault.Fieldf("/id", "never changes"))
	}
	return d, old, r.check(ctx, &d, old.Source, errs)
}

// checkPatch returns a fault.Invalid error when a merge patch is not an object.
func checkPatch(patch []byte) error {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(patch, &keys); err != nil || keys == nil {
		return fault.InvalidFields("The patch is not valid.", multierror.Append(nil, fault.Fieldf("", "must be an object")))
	}
	return nil
}

// patched returns old, which holds its secrets, changed by a merge patch, and
// what is wrong with the fields that came out.
func (r *Registry) patched(old camera.Definition, patch []byte) (camera.Definition, *multierror.Error, error) {
	if kind := patchedSource(patch).Kind; kind != "" && kind != old.Source.Kind {
		// The client can't see the secrets of the kind before, not even that
		// they are empty, and so can't remove them.
		old.Source = r.kinds.Strip(old.Source, kind)
	}
	before, err := json.Marshal(old)
	if err != nil {
		return old, nil, err
	}
	after, err := jsonpatch.MergePatch(before, patch)
	if err != nil {
		return old, nil, &fault.Error{Kind: fault.Malformed, Msg: "The patch can't be applied.", Err: err}
	}
	d, errs := camera.Decode(after)
	errs = r.addMisdirected(errs, patchedSource(patch), old.Source, d.Source)
	d.Source = r.kinds.Inherit(d.Source, camera.Source{}) // drops what is shown in place of secrets
	return d, errs, nil
}

// patchedSource returns what a patch sets of the source.
func patchedSource(patch []byte) camera.Source {
	var p struct {
		Source camera.Source `json:"source"`
	}
	if json.Unmarshal(patch, &p) != nil {
		return camera.Source{} // what is wrong with it shows when it is applied
	}
	return p.Source
}

// addMisdirected appends a fault for each secret that would be sent to another host
// without having been given for it.
func (r *Registry) addMisdirected(errs *multierror.Error, given, old, next camera.Source) *multierror.Error {
	for _, name := range r.kinds.Misdirected(given, old, next) {
		errs = multierror.Append(errs, fault.Fieldf("/source/"+name, "is needed again for another host"))
	}
	return errs
}

// Delete removes a camera. Its viewers' streams end, and its device is free
// when Delete returns. Restore can bring it back for a while.
func (r *Registry) Delete(ctx context.Context, id camera.ID, c Condition) error {
	if err := r.edit.Lock(ctx); err != nil {
		return err
	}
	defer r.edit.Unlock()
	old, err := r.expected(id, c)
	if err != nil {
		return err
	}
	order, err := r.order()
	if err != nil {
		return err
	}
	e := event.Event{Time: time.Now().UTC(), Type: event.Removed, Camera: id, Name: old.Name, Actor: access.Actor(ctx)}
	if _, err := r.store.DeleteCamera(id, e); err != nil {
		return err
	}
	// It is deleted from here on, whatever becomes of the request.
	r.bin.put(old, order)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeTimeout)
	defer cancel()
	if err := r.hub.Remove(ctx, id); err != nil {
		r.log.Error("camera deleted and not stopped", "camera", id, "err", err)
	}
	r.notify(func(c *Changes) { c.Cameras[id], c.Events = true, true })
	return nil
}

// Restart ends the camera's attempt and tries again now.
func (r *Registry) Restart(id camera.ID) error { return r.hub.Restart(id) }

// SetOrder sets the wall order. The list must hold every camera once.
func (r *Registry) SetOrder(ctx context.Context, ids []camera.ID) error {
	if err := r.edit.Lock(ctx); err != nil {
		return err
	}
	defer r.edit.Unlock()
	if err := r.store.SetOrder(ids); err != nil {
		return err
	}
	r.notify(func(c *Changes) { c.Order = true })
	return nil
}

// expected returns the camera id with its secrets, which must be there and be what
// the caller expects.
func (r *Registry) expected(id camera.ID, c Condition) (camera.Definition, error) {
	d, err := r.store.Camera(id)
	if err != nil {
		return d, err
	}
	return d, c.check(&d)
}

// check adds to errs what is wrong with d and fills in its source's defaults. A
// source other than before is also looked at, if its kind can.
func (r *Registry) check(ctx context.Context, d *camera.Definition, before camera.Source, errs *multierror.Error) error {
	if problems := d.Validate(); problems != nil {
		errs = multierror.Append(errs, problems)
	}
	errs = multierror.Append(errs, source.ForeignSeals(d.Source, before).WrappedErrors()...)
	if d.Source.Kind != "" { // else it is reported already
		normal, problems := r.kinds.Normalize(d.Source)
		if problems != nil {
			errs = multierror.Append(errs, problems)
		}
		d.Source = normal
		if problems == nil && !sameSource(normal, before) {
			errs = multierror.Append(errs, r.look(ctx, normal).WrappedErrors()...)
		}
	}
	return fault.InvalidFields("The camera is not valid.", errs)
}

// lookTimeout bounds a look: devices that don't answer are no fault of a request.
const lookTimeout = 5 * time.Second

// look reports what a look at this machine shows to be wrong with a source.
func (r *Registry) look(ctx context.Context, s camera.Source) *multierror.Error {
	config, errs := r.kinds.Parse(s)
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	if checker, ok := config.(source.Checker); ok && errs == nil {
		return checker.Check(ctx)
	}
	return nil
}

func sameSource(a, b camera.Source) bool {
	return a.Kind == b.Kind && bytes.Equal(a.Options, b.Options)
}

// put stores d in place of old, which may be nil, and runs it.
func (r *Registry) put(ctx context.Context, d camera.Definition, old *camera.Definition) (camera.Definition, error) {
	now := time.Now().UTC()
	e := event.Event{Time: now, Type: event.Added, Camera: d.ID, Name: d.Name, Actor: access.Actor(ctx)}
	d.CreatedAt, d.UpdatedAt = now, now
	if old != nil {
		d.CreatedAt = old.CreatedAt
		e.Type = event.Changed
	}
	d, _, err := r.store.PutCamera(d, e)
	if err != nil {
		return d, err
	}
	return r.run(ctx, d, false), nil
}

// run has the hub run d, which is stored, whatever becomes of the request, and
// returns it as it may be shown. moved says that the wall order has changed.
func (r *Registry) run(ctx context.Context, d camera.Definition, moved bool) camera.Definition {
	if err := r.hub.Put(context.WithoutCancel(ctx), d); err != nil {
		r.log.Error("camera stored and not started", "camera", d.ID, "err", err)
	}
	r.notify(func(c *Changes) { c.Cameras[d.ID], c.Order, c.Events = true, c.Order || moved, true })
	d.Source = r.kinds.Redact(d.Source)
	return d
}
