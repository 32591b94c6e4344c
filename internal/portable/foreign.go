package portable

import (
	"fmt"

	"camhub/internal/camera"
	"camhub/internal/foreign"
)

// FromForeign returns the cameras of another program as a file. Their IDs are made from
// their names, so that the same file read again means the same cameras.
func FromForeign(r *foreign.Result) (*File, error) {
	if len(r.Cameras) > maxCameras {
		return nil, fmt.Errorf("there are more than %d cameras", maxCameras)
	}
	f := &File{}
	taken := make(map[camera.ID]bool)
	for _, c := range r.Cameras {
		d := camera.Default()
		d.Name, d.Enabled, d.Source = c.Name, c.Enabled, c.Source
		d.ID = camera.Slug(c.Name)
		for n := 2; taken[d.ID]; n++ {
			d.ID = camera.ID(fmt.Sprintf("%s-%d", camera.Slug(c.Name), n))
		}
		taken[d.ID] = true
		at := place(c.File, c.Line)
		f.Entries = append(f.Entries, Entry{Camera: d, Partial: true, where: func(string) string { return at }})
	}
	return f, nil
}
