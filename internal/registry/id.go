package registry

import (
	"fmt"

	"camhub/internal/camera"
)

// newID returns an ID for a camera of that name which no camera has.
func (r *Registry) newID(name string) (camera.ID, error) {
	ds, err := r.store.Cameras()
	if err != nil {
		return "", err
	}
	taken := make(map[camera.ID]bool, len(ds))
	for _, d := range ds {
		taken[d.ID] = true
	}
	base := camera.Slug(name)
	id := base
	for n := 2; taken[id]; n++ {
		id = camera.ID(fmt.Sprintf("%s-%d", base, n))
	}
	return id, nil
}
