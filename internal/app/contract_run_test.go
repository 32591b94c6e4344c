package app

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// unreachable are answers that no test brings about in good order: those of calls
// that read nothing that can fail, those of a disk that fails or is too slow, that of
// five scrapes at one moment, and those of users.
var unreachable = []string{
	"getCameraStatus 500", "restartCamera 500", "getFeed 500", "getSnapshot 500", "getMetrics 503",
	"deleteRecordings 500", "getRecordedPicture 429", "getRecordedPicture 500", "getRecordedPicture 503",
	"getPlayback 500", "getPlayback 503",
	"createExport 500", "deleteExport 500", "getExportFile 500", "getNamedExportFile 500",
	// A store that breaks under a hub that has users, who are in memory.
	"signIn 500", "signOut 500", "revokeSession 500", "setPassword 500", "addToken 500", "revokeToken 500", "changeUser 500",
	"removeUser 500", "revokeShare 500",
	"addShare 409",  // a thousand links
	"getBackup 429", // three that are not taken at one moment; package backup tests it
}

// contractParts are the tests of the contract: each has a hub of its own.
var contractParts = []struct {
	name string
	run  func(*testing.T, *testHub)
	seed int // events that are stored beforehand
}{
	{"life of a camera", lifeOfACamera, 0},
	{"what was read can be sent back", sendBack, 0},
	{"conditions", conditions, 0},
	{"merge patches", mergePatches, 0},
	{"another kind", otherKind, 0},
	{"order", wallOrder, 0},
	{"restart", restarts, 0},
	{"unknown cameras", unknownCameras, 0},
	{"wrong methods", wrongMethods, 0},
	{"other sites", otherSites, 0},
	{"bodies that can't be read", unreadableBodies, 0},
	{"fields that are wrong", wrongFields, 0},
	{"all faults at once", allFaults, 0},
	{"duplicates", duplicates, 0},
	{"undoing", undoing, 0},
	{"secrets", secretsStayInside, 0},
	{"backups", backups, 0},
	{"probes", probes, 0},
	{"probes at once", probesAtOnce, 0},
	{"quirks", quirkSentences, 0},
	{"devices", devices, 0},
	{"devices that fail", devicesThatFail, 0},
	{"pages of events", eventPages, seeded},
	{"formats of events", eventFormats, seeded},
	{"wrong parameters of events", wrongEventParameters, 0},
	{"live messages", liveMessages, 0},
	{"resuming", resuming, 0},
	{"hub status", hubStatus, 0},
	{"pictures", pictures, 0},
	{"pictures that are not there", noPictures, 0},
	{"wall", wall, 0},
	{"recordings on the wall", wallPlays, 0},
	{"smaller and slower copies", copies, 0},
	{"copies of cameras on demand", copiesOnDemand, 0},
	{"recordings", recorded, 0},
	{"recordings of cameras on demand", recordedOnDemand, 0},
	{"recorded pictures", recordedPictures, 0},
	{"wrong parameters of recordings", wrongRecordingParameters, 0},
	{"playbacks at once", playbacksAtOnce, 0},
	{"limits of a camera", limitWarnings, 0},
	{"keeping", keeping, 0},
	{"pinning", pinning, 0},
	{"pages", pages, 0},
	{"profiles", profiles, 0},
	{"setting up", settingUp, 0},
	{"life of a user", lifeOfAUser, 0},
	{"sessions", sessions, 0},
	{"tokens", tokens, 0},
	{"share links", shareLinks, 0},
	{"nobody", asNobody, 0},
	{"those who may too little", asViewer, 0},
	{"wrong fields of users", wrongUserFields, 0},
}

// TestContract drives the whole program through everything that its document
// names, and checks every answer against it. It fails when an operation or a
// status of the document was never met.
func TestContract(t *testing.T) {
	c := readContract(t, true)
	ran := 0
	for _, p := range contractParts {
		t.Run(p.name, func(t *testing.T) {
			ran++
			dir := t.TempDir()
			seedEvents(t, dir, p.seed)
			p.run(t, startHub(t, c, dir))
		})
	}
	t.Run("controls", func(t *testing.T) {
		ran++
		dir := t.TempDir()
		seedKnob(t, dir)
		controls(t, startHub(t, c, dir))
	})
	t.Run("all of exports", func(t *testing.T) { ran++; exportParts(t, c) })
	t.Run("broken store", func(t *testing.T) {
		ran++
		brokenStore(t, c)
	})
	t.Run("first setup", func(t *testing.T) {
		ran++
		firstSetup(t, c)
	})
	if ran < len(contractParts)+4 {
		return // a filter left some out
	}
	for _, name := range c.documented() {
		if !c.seen[name] && !slices.Contains(unreachable, name) {
			t.Errorf("%s is in the contract and was never met", name)
		}
	}
}

// operation is one operation of the document.
type operation struct {
	method, template string
	spec             map[string]any
}

// path returns a path of the operation, with id in it.
func (o operation) path(id string) string {
	path := strings.NewReplacer("{id}", id, "{file}", "wall.js", "{pin}", "1", "{time}", "2026-01-02T03:04:05Z",
		"{user}", "nobody", "{session}", "none", "{token}", "none", "{share}", "none", "{export}", id, "{profile}", "heap").Replace(o.template)
	switch {
	case strings.HasSuffix(path, "/playback"):
		path += "?from=2026-01-02T03:04:05Z"
	case strings.HasSuffix(path, "/pprof/profile"):
		path += "?seconds=1" // and not the usual 30
	}
	return path
}

// operations returns all operations of the document.
func (c *contract) operations() []operation {
	var all []operation
	paths, _ := c.at(c.doc, "paths")
	for template, item := range paths {
		for method := range item.(map[string]any) {
			if spec, _ := c.at(item, method); method != "parameters" {
				all = append(all, operation{strings.ToUpper(method), template, spec})
			}
		}
	}
	return all
}

// wrongMethods tries every method that the document does not name.
func wrongMethods(t *testing.T, h *testHub) {
	h.add("a")
	methods := make(map[string][]string)
	for _, o := range h.contract.operations() {
		methods[o.template] = append(methods[o.template], o.method)
		if o.method == http.MethodGet {
			methods[o.template] = append(methods[o.template], http.MethodHead)
		}
	}
	all := []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"}
	for template, known := range methods {
		allow := strings.Join(slices.DeleteFunc(slices.Clone(all), func(m string) bool { return !slices.Contains(known, m) }), ", ")
		for _, method := range all {
			if slices.Contains(known, method) {
				continue
			}
			a := h.want(http.StatusMethodNotAllowed, method, operation{template: template}.path("a"), "")
			if a.header.Get("Allow") != allow {
				t.Errorf("%s %s: Allow is %q, want %q", method, template, a.header.Get("Allow"), allow)
			}
		}
	}
	h.want(http.StatusNotFound, "GET", "/nothing", "")
	h.want(http.StatusNotFound, "POST", "/api/v1/cameras/", "{}")
}

// otherSites tries every operation that changes something as the page of
// another site would.
func otherSites(t *testing.T, h *testHub) {
	h.add("a")
	before := h.do("GET", "/api/v1/cameras", "").body
	for _, o := range h.contract.operations() {
		if o.method == http.MethodGet {
			continue
		}
		h.want(http.StatusForbidden, o.method, o.path("a"), `{}`, "Origin", "http://evil.example")
		h.want(http.StatusForbidden, o.method, o.path("a"), `{}`, "Sec-Fetch-Site", "cross-site")
	}
	if after := h.do("GET", "/api/v1/cameras", "").body; string(after) != string(before) {
		t.Errorf("something changed: %s", after)
	}
}

// brokenStore looks at a program whose database is gone.
func brokenStore(t *testing.T, c *contract) {
	h := startBroken(t, c)
	for _, o := range c.operations() {
		name, _ := o.spec["operationId"].(string)
		if o.spec["responses"].(map[string]any)["500"] == nil || slices.Contains(unreachable, name+" 500") {
			continue
		}
		body := ""
		switch name {
		case "patchSettings":
			body = `{}`
		case "addPin":
			body = `{"cameras":["a"],"from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}`
		case "setOrder":
			body = `{"cameras":[]}`
		case "patchControls":
			body = `{}`
		case "probeCamera":
			body = `{"camera":"a"}`
		case "setUp", "addUser":
			body = `{"name":"ann","password":"correct horse"}`
			if name == "addUser" {
				body = `{"name":"ann","password":"correct horse","role":"admin"}`
			}
		case "addShare":
			body = fmt.Sprintf(`{"name":"L","group":"g","expires_at":%q}`, time.Now().Add(time.Hour).Format(time.RFC3339))
		case "addCamera", "putCamera", "patchCamera", "duplicateCamera":
			body = `{"name":"A","source":{"kind":"emulated"}}`
		}
		path := o.path("a")
		if path == "/" {
			path = "/?action=stream"
		}
		h.want(http.StatusInternalServerError, o.method, path, body)
	}
	a := h.want(http.StatusServiceUnavailable, "GET", "/readyz", "")
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	h.want(http.StatusOK, "GET", "/healthz", "")
}
