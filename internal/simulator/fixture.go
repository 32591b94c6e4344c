package simulator

import (
	"fmt"
	"maps"
	"slices"
)

// Fixture is one camera.
type Fixture struct {
	Name string `json:"name"`           // also the first segment of its path
	Doc  string `json:"doc"`            // what is wrong with it, in one sentence
	Seen string `json:"seen,omitempty"` // devices and programs that do so
	Want Want   `json:"want"`

	target  string         // what a viewer asks for; "" is "/" + Name
	door    door           // where it is
	secure  bool           // over TLS
	options map[string]any // of camhub's source, besides the URL
	handler handler
}

// Want is what a good reader makes of a camera.
type Want struct {
	Pictures bool     `json:"pictures"`
	Codes    []string `json:"codes,omitempty"`  // else one of these is camhub's reason
	Quirks   []string `json:"quirks,omitempty"` // what camhub reports to have tolerated, in order
	Once     bool     `json:"once,omitempty"`   // all over one connection
}

// pictures is for a camera that works, with these quirks.
func pictures(quirks ...string) Want {
	slices.Sort(quirks)
	return Want{Pictures: true, Quirks: quirks}
}

// once is for a camera that works and must not be opened again.
func once() Want { return Want{Pictures: true, Once: true} }

// reason is for a camera that can't work.
func reason(codes ...string) Want { return Want{Codes: codes} }

// fixtures are all cameras.
var fixtures = slices.Concat(
	framing, hints, contents, answers, logins, redirects, connections, snapshots, floods,
)

func init() {
	seen := make(map[string]bool)
	for i := range fixtures {
		f := &fixtures[i]
		if seen[f.Name] {
			panic(fmt.Sprintf("simulator: two cameras %s", f.Name))
		}
		seen[f.Name] = true
		if f.target == "" {
			f.target = "/" + f.Name
		}
	}
}

// lookup returns the camera of that name, or nil.
func lookup(name string) *Fixture {
	if i := slices.IndexFunc(fixtures, func(f Fixture) bool { return f.Name == name }); i >= 0 {
		return &fixtures[i]
	}
	return nil
}

// source returns the camera as the source of a camhub camera.
func (f *Fixture) source(x *exchange) map[string]any {
	scheme := "http"
	if f.secure {
		scheme = "https"
	}
	s := map[string]any{"kind": "mjpeg", "url": x.url(scheme, f.door, f.target)}
	maps.Copy(s, f.options)
	return s
}
