package app

import (
	"context"

	"camhub/internal/registry"
)

// demoCameras is what a newcomer sees first.
var demoCameras = []string{
	`{"name":"Front door","group":"outside","source":{"kind":"emulated","width":1280,"height":720,"fps":15}}`,
	`{"name":"Workshop","group":"inside","source":{"kind":"emulated","width":1280,"height":720,"fps":10}}`,
	`{"name":"Garden","group":"outside","source":{"kind":"emulated","pattern":"slides"}}`,
	`{"name":"3D printer","group":"inside","mode":"on_demand","source":{"kind":"emulated","width":640,"height":360,"fps":5}}`,
}

// addDemo adds four emulated cameras, if there is no camera at all.
func addDemo(ctx context.Context, reg *registry.Registry) error {
	list, err := reg.List()
	if err != nil || len(list) > 0 {
		return err
	}
	for _, body := range demoCameras {
		if _, err := reg.Create(ctx, []byte(body)); err != nil {
			return err
		}
	}
	return nil
}
