package app

import (
	"net/http"
	"slices"
	"time"

	"camhub/internal/api"
	"camhub/internal/auth"
	"camhub/internal/backup"
	"camhub/internal/export"
	"camhub/internal/fault"
	"camhub/internal/inventory"
	"camhub/internal/live"
	"camhub/internal/metrics"
	"camhub/internal/probe"
	"camhub/internal/profile"
	"camhub/internal/recording"
	"camhub/internal/registry"
	"camhub/internal/rendition"
	"camhub/internal/route"
	"camhub/store"
	"camhub/web"
)

// parts is what the routes lead to.
type parts struct {
	db         *store.Store
	backups    *backup.Maker
	registry   *registry.Registry
	users      *auth.Service
	cameras    running
	recordings *recording.Service
	exports    *export.Service
	pictures   *live.Server
	recorded   *live.Recorded
	copies     *rendition.Set
	probes     *probe.Prober
	devices    *inventory.Inventory
	version    string
	started    time.Time
}

// endStreams ends what goes on without an end.
func (p parts) endStreams() {
	p.registry.EndStreams()
	p.recordings.Stop()
	p.exports.Stop()
	p.recorded.Stop()
	p.probes.Close() // never fails
}

// routes returns the table of every route of the program.
func routes(p parts) []route.Route {
	rest := api.Routes(api.Config{
		Cameras: p.registry, Events: p.registry, Running: p.cameras, Probes: p.probes, Quirks: quirks, Devices: p.devices,
		Archive: p.recordings.Archive(), Recording: p.recordings, Exports: p.exports, Backups: p.backups,
		BytesOut: p.pictures.BytesOut, Copies: p.copies.Stats, Version: p.version, Started: p.started,
	})
	figures := metrics.Handler(metrics.Config{
		Cameras: p.registry, Running: p.cameras, Copies: p.copies.Stats, BytesIn: p.registry.Hub().Received,
		BytesOut: p.pictures.Sent, Store: p.db.Size, Version: p.version, Started: p.started,
	})
	pages := []route.Route{
		{Method: "GET", Path: "/", Need: route.Self, Handle: route.Handler(web.Wall())},
		{Method: "GET", Path: "/cameras/{id}", Need: route.Self, Handle: route.Handler(web.CameraPage())},
		{Method: "GET", Path: "/storage", Need: route.Operator, Handle: route.Handler(web.StoragePage())},
		{Method: "GET", Path: "/setup", Need: route.Public, Handle: route.Handler(web.SetupPage())},
		{Method: "GET", Path: "/login", Need: route.Guest, Handle: route.Handler(web.LoginPage())},
		{Method: "GET", Path: "/account", Need: route.Self, Handle: route.Handler(web.AccountPage())},
		{Method: "GET", Path: "/users", Need: route.Admin, Handle: route.Handler(web.UsersPage())},
		{Method: "GET", Path: "/shares", Need: route.Operator, Handle: route.Handler(web.SharesPage())},
		{Method: "GET", Path: "/static/{file:.+}", Need: route.Public, Handle: staticFile},
		{Method: "GET", Path: "/metrics", Need: route.ViewerOfAll, Handle: route.Handler(figures)},
		{Method: "GET", Path: "/favicon.ico", Need: route.Public, Handle: route.Handler(web.Favicon())},
	}
	return slices.Concat(rest, p.users.Routes(), p.pictures.Routes(), p.recorded.Routes(), profile.New().Routes(), pages)
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
