// Package web holds the pages of the hub and everything they load: plain HTML,
// CSS and ES modules, built into the program as they are. There is no build
// step; a page uses nothing but the hub's own API.
//
// The scripts are checked by the TypeScript compiler:
//
//	npx -p typescript tsc -p web/jsconfig.json
package web

import (
	"embed"
	"net/http"
	"strings"
)

//go:embed pages static
var embedded embed.FS

// Wall returns the handler of the first page, "/": all cameras as tiles.
func Wall() http.Handler { return page("pages/wall.html") }

// CameraPage returns the handler of the page of one camera, "/cameras/{id}". It
// does not look the camera up: the page does, and says so when there is none.
func CameraPage() http.Handler { return page("pages/camera.html") }

// StoragePage returns the handler of the page about the room for recordings,
// "/storage".
func StoragePage() http.Handler { return page("pages/storage.html") }

// SetupPage returns the handler of "/setup", where a new hub gets its owner.
func SetupPage() http.Handler { return page("pages/setup.html") }

// LoginPage returns the handler of "/login".
func LoginPage() http.Handler { return page("pages/login.html") }

// AccountPage returns the handler of "/account": what belongs to who signed in.
func AccountPage() http.Handler { return page("pages/account.html") }

// UsersPage returns the handler of "/users", for admins.
func UsersPage() http.Handler { return page("pages/users.html") }

// SharesPage returns the handler of "/shares": links that show a camera.
func SharesPage() http.Handler { return page("pages/shares.html") }

// File returns the handler of a file that the pages load, by its full path
// ("/static/…"), or false when there is none.
func File(path string) (http.Handler, bool) {
	f, ok := all()[strings.TrimPrefix(path, "/")]
	return f, ok && strings.HasPrefix(path, "/static/")
}

// Favicon returns the handler of "/favicon.ico", which browsers ask for by
// themselves: the icon that the pages name.
func Favicon() http.Handler { return page("static/favicon.svg") }

func page(name string) http.Handler {
	f, ok := all()[name]
	if !ok {
		panic("web: no file " + name) // a mistake in this package, seen by its first test
	}
	return f
}
