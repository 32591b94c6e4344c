package app

import (
	"slices"
	"time"

	"camhub/internal/api"
	"camhub/internal/live"
	"camhub/internal/registry"
	"camhub/internal/rendition"
	"camhub/internal/route"
	"camhub/web"
)

// routes returns the table of every route of the program.
func routes(reg *registry.Registry, pictures *live.Server, copies *rendition.Set, version string, started time.Time) []route.Route {
	rest := api.Routes(api.Config{
		Cameras: reg, Events: reg, Running: reg.Hub(),
		BytesOut: pictures.BytesOut, Copies: copies.Stats, Version: version, Started: started,
	})
	pages := []route.Route{
		{Method: "GET", Path: "/", Handle: route.Handler(web.Wall())},
		{Method: "GET", Path: "/cameras/{id}", Handle: route.Handler(web.CameraPage())},
		{Method: "GET", Path: "/static/{file:.+}", Handle: route.Handler(web.Static())},
		{Method: "GET", Path: "/favicon.ico", Handle: route.Handler(web.Favicon())},
	}
	return slices.Concat(rest, pictures.Routes(), pages)
}
