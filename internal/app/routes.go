package app

import (
	"net/http"
	"slices"
	"time"

	"camhub/internal/api"
	"camhub/internal/fault"
	"camhub/internal/inventory"
	"camhub/internal/live"
	"camhub/internal/probe"
	"camhub/internal/registry"
	"camhub/internal/rendition"
	"camhub/internal/route"
	"camhub/web"
)

// routes returns the table of every route of the program.
func routes(reg *registry.Registry, pictures *live.Server, copies *rendition.Set, probes *probe.Prober, devices *inventory.Inventory, version string, started time.Time) []route.Route {
	rest := api.Routes(api.Config{
		Cameras: reg, Events: reg, Running: reg.Hub(), Probes: probes, Devices: devices,
		BytesOut: pictures.BytesOut, Copies: copies.Stats, Version: version, Started: started,
	})
	pages := []route.Route{
		{Method: "GET", Path: "/", Handle: route.Handler(web.Wall())},
		{Method: "GET", Path: "/cameras/{id}", Handle: route.Handler(web.CameraPage())},
		{Method: "GET", Path: "/static/{file:.+}", Handle: staticFile},
		{Method: "GET", Path: "/favicon.ico", Handle: route.Handler(web.Favicon())},
	}
	return slices.Concat(rest, pictures.Routes(), pages)
}

// staticFile sends a file that the pages load.
func staticFile(w http.ResponseWriter, r *http.Request) error {
	f, ok := web.File(r.URL.Path)
	if !ok {
		return fault.New(fault.NotFound, "There is nothing at this address.")
	}
	f.ServeHTTP(w, r)
	return nil
}
