// Package api is the REST API of the hub, as openapi.json describes it. It turns
// requests into calls and results into JSON; it decides nothing.
package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/hub"
	"camhub/internal/inventory"
	"camhub/internal/probe"
	"camhub/internal/registry"
	"camhub/internal/rendition"
	"camhub/internal/route"
)

// Cameras is what the API needs of the registry.
type Cameras interface {
	List() ([]camera.Definition, error)
	Get(id camera.ID) (camera.Definition, error)
	Create(ctx context.Context, body []byte) (camera.Definition, error)
	Replace(ctx context.Context, id camera.ID, body []byte, c registry.Condition) (camera.Definition, bool, error)
	Patch(ctx context.Context, id camera.ID, patch []byte, c registry.Condition) (camera.Definition, error)
	Try(ctx context.Context, id camera.ID, patch []byte, c registry.Condition) (camera.Definition, error)
	Delete(ctx context.Context, id camera.ID, c registry.Condition) error
	Duplicate(ctx context.Context, id camera.ID, patch []byte, c registry.Condition) (camera.Definition, error)
	Restore(ctx context.Context, id camera.ID) (camera.Definition, error)
	Restart(id camera.ID) error
	SetOrder(ctx context.Context, ids []camera.ID) error
	Controls(ctx context.Context, id camera.ID) (registry.Controls, error)
	SetControls(ctx context.Context, id camera.ID, patch []byte, c registry.Condition) (registry.Controls, error)
	TryControls(ctx context.Context, id camera.ID, patch []byte, c registry.Condition) (registry.Controls, error)
}

// Events is what the API needs of the stored events.
type Events interface {
	Events(q event.Query, limit int) ([]event.Event, error)
	EventsAfter(id uint64, limit int) ([]event.Event, error)
	LastEventID() (uint64, error)
	Watch() *registry.Watch
}

// Running is what the API needs of the running cameras.
type Running interface {
	Status(id camera.ID) (hub.Status, error)
	BytesIn() float64 // a second
}

// Probes is what the API needs to explain a camera.
type Probes interface {
	Probe(ctx context.Context, body []byte, progress func(probe.Progress)) (*probe.Result, error)
}

// Devices is what the API needs to know what is plugged in.
type Devices interface {
	Devices(ctx context.Context) (inventory.Found, error)
}

// Config is what the API needs of the rest of the program.
type Config struct {
	Cameras   Cameras
	Events    Events
	Running   Running
	Probes    Probes
	Devices   Devices
	Exports   Exports
	Archive   Archive
	Recording Recording
	Backups   Backups
	Quirks    []map[string]string // what quirks mean, in sentences, by name
	BytesOut  func() float64      // a second, to all viewers
	Copies    func() rendition.Stats
	Version   string
	Started   time.Time
}

type server struct{ Config }

// Routes returns the table of all REST routes.
func Routes(c Config) []route.Route {
	s := &server{c}
	return slices.Concat(s.exportRoutes(), []route.Route{
		{Method: "GET", Path: "/api/v1/cameras", Need: route.Viewer, Handle: s.listCameras},
		{Method: "POST", Path: "/api/v1/cameras", Need: route.Admin, Handle: s.createCamera},
		{Method: "GET", Path: "/api/v1/cameras/{id}", Need: route.Viewer, Handle: s.getCamera},
		{Method: "PUT", Path: "/api/v1/cameras/{id}", Need: route.Admin, Handle: s.replaceCamera},
		{Method: "PATCH", Path: "/api/v1/cameras/{id}", Need: route.Admin, Handle: s.patchCamera},
		{Method: "DELETE", Path: "/api/v1/cameras/{id}", Need: route.Admin, Handle: s.deleteCamera},
		{Method: "GET", Path: "/api/v1/cameras/{id}/status", Need: route.Viewer, Handle: s.getStatus},
		{Method: "POST", Path: "/api/v1/cameras/{id}/restart", Need: route.Operator, Handle: s.restartCamera},
		{Method: "POST", Path: "/api/v1/cameras/{id}/duplicate", Need: route.Admin, Handle: s.duplicateCamera},
		{Method: "POST", Path: "/api/v1/cameras/{id}/restore", Need: route.Admin, Handle: s.restoreCamera},
		{Method: "GET", Path: "/api/v1/cameras/{id}/controls", Need: route.Viewer, Handle: s.getControls},
		{Method: "PATCH", Path: "/api/v1/cameras/{id}/controls", Need: route.Admin, Handle: s.patchControls},
		{Method: "GET", Path: "/api/v1/devices", Need: route.Admin, Handle: s.listDevices},
		{Method: "PUT", Path: "/api/v1/order", Need: route.Admin, Handle: s.setOrder},
		{Method: "GET", Path: "/api/v1/status", Need: route.Viewer, Handle: s.hubStatus},
		{Method: "POST", Path: "/api/v1/probe", Need: route.Admin, Handle: s.probe},
		{Method: "GET", Path: "/api/v1/backup", Need: route.Admin, Handle: s.getBackup},
		{Method: "GET", Path: "/api/v1/quirks", Need: route.Self, Handle: s.listQuirks},
		{Method: "GET", Path: "/api/v1/events", Need: route.Viewer, Handle: s.listEvents},
		{Method: "GET", Path: "/api/v1/events/live", Need: route.Viewer, Handle: s.liveEvents},
		{Method: "GET", Path: "/api/v1/recordings", Need: route.Viewer, Handle: s.listRecordings},
		{Method: "DELETE", Path: "/api/v1/recordings", Need: route.Admin, Handle: s.deleteRecordings},
		{Method: "GET", Path: "/api/v1/recordings/days", Need: route.Viewer, Handle: s.listDays},
		{Method: "GET", Path: "/api/v1/settings", Need: route.Admin, Handle: s.getSettings},
		{Method: "PATCH", Path: "/api/v1/settings", Need: route.Admin, Handle: s.patchSettings},
		{Method: "GET", Path: "/api/v1/storage", Need: route.Operator, Handle: s.getStorage},
		{Method: "GET", Path: "/api/v1/pins", Need: route.Operator, Handle: s.listPins},
		{Method: "POST", Path: "/api/v1/pins", Need: route.Operator, Handle: s.addPin},
		{Method: "DELETE", Path: "/api/v1/pins/{pin}", Need: route.Operator, Handle: s.removePin},
		{Method: "GET", Path: "/api/v1/openapi.json", Need: route.Self, Handle: openAPI},
		{Method: "GET", Path: "/healthz", Need: route.Public, Handle: s.healthy},
		{Method: "GET", Path: "/readyz", Need: route.Public, Handle: s.ready},
	})
}

func cameraID(r *http.Request) camera.ID { return camera.ID(route.Var(r, "id")) }
