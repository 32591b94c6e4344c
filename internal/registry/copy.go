package registry

import (
	"context"
	"slices"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/fault"
	"camhub/internal/source"
)

// Duplicate adds a copy of the camera id, changed by a JSON merge patch (RFC
// 7396), behind it on the wall. Secrets that the patch leaves out are those of the
// camera: who asks need not know them. The ID is made from the name, unless the
// patch has one. The error is a fault.Conflict when that is taken.
func (r *Registry) Duplicate(ctx context.Context, id camera.ID, patch []byte, c Condition) (camera.Definition, error) {
	if err := checkPatch(patch); err != nil {
		return camera.Definition{}, err
	}
	if err := r.edit.Lock(ctx); err != nil {
		return camera.Definition{}, err
	}
	defer r.edit.Unlock()
	old, err := r.expected(id, c)
	if err != nil {
		return old, err
	}
	old.ID = ""
	d, errs, err := r.patched(old, patch)
	if err != nil {
		return d, err
	}
	if d.ID == "" {
		if d.ID, err = r.newID(d.Name); err != nil {
			return d, err
		}
	}
	errs = multierror.Append(errs, source.ForeignSeals(d.Source, camera.Source{}).WrappedErrors()...) // what is sealed is so for the other camera
	if err := r.check(ctx, &d, old.Source, errs); err != nil {
		return d, err
	}
	order, err := r.order()
	if err != nil {
		return d, err
	}
	now := time.Now().UTC()
	d.CreatedAt, d.UpdatedAt = now, now
	return r.insert(ctx, d, slices.Index(order, id)+1, event.Added)
}

// Restore brings back a camera that was deleted, with all that it had and where
// it stood. It is possible for 10 minutes, for the last 50 cameras, while the
// program runs. The error is a fault.NotFound when it is not, and a fault.Conflict
// when there is another camera with its ID by now.
func (r *Registry) Restore(ctx context.Context, id camera.ID) (camera.Definition, error) {
	if err := r.edit.Lock(ctx); err != nil {
		return camera.Definition{}, err
	}
	defer r.edit.Unlock()
	order, err := r.order()
	if err != nil {
		return camera.Definition{}, err
	}
	gone := r.bin.get(id)
	switch {
	case slices.Contains(order, id):
		return camera.Definition{}, fault.New(fault.Conflict, "There is a camera %q already.", id)
	case gone == nil:
		return camera.Definition{}, fault.New(fault.NotFound, "There is no camera %q to bring back: that is possible for %v after it was deleted, while the hub runs.", id, keepRemoved)
	}
	d := gone.camera
	d.UpdatedAt = time.Now().UTC()
	if d, err = r.insert(ctx, d, place(order, gone), event.Restored); err == nil {
		r.bin.forget(gone)
	}
	return d, err
}

// insert stores a new camera at a place of the wall and runs it.
func (r *Registry) insert(ctx context.Context, d camera.Definition, place int, what event.Type) (camera.Definition, error) {
	d, _, err := r.store.InsertCamera(d, place, event.Event{Time: d.UpdatedAt, Type: what, Camera: d.ID, Name: d.Name, Actor: access.Actor(ctx)})
	if err != nil {
		return d, err
	}
	return r.run(ctx, d, true), nil
}

// order returns the IDs of all cameras in wall order.
func (r *Registry) order() ([]camera.ID, error) {
	ds, err := r.store.Cameras()
	ids := make([]camera.ID, len(ds))
	for i, d := range ds {
		ids[i] = d.ID
	}
	return ids, err
}
