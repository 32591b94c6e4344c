package app

import (
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"camhub/internal/auth"
	"camhub/internal/inventory"
	"camhub/internal/live"
	"camhub/internal/probe"
	"camhub/internal/registry"
	"camhub/internal/rendition"
	"camhub/internal/route"
	"camhub/internal/seal"
	"camhub/store"
)

// table returns the routes of the program, with the users and the database that
// they stand on.
func table(t *testing.T) ([]route.Route, *auth.Service, *store.Store) {
	t.Helper()
	rs, users, db, _ := tableAt(t, net.IPv4(127, 0, 0, 1), func(*store.Store) error { return nil })
	return rs, users, db
}

// tableAt is table for a hub that listens at an address, over a database that
// seed has filled.
func tableAt(t testing.TB, at net.IP, seed func(*store.Store) error) ([]route.Route, *auth.Service, *store.Store, *registry.Registry) {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(filepath.Join(dir, "camhub.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() }) // a test may have closed it
	if _, err := db.Protect(seal.NewVault(seal.Ring{seal.NewKey()}, kinds.Secrets)); err != nil {
		t.Fatal(err)
	}
	if err := seed(db); err != nil {
		t.Fatal(err)
	}
	reg := registry.New(registry.Config{Store: db, Kinds: kinds, DataDir: dir, Log: slog.New(slog.DiscardHandler)})
	t.Cleanup(func() { reg.Close() })
	copies := rendition.New(slog.New(slog.DiscardHandler))
	t.Cleanup(func() { copies.Close() })
	probes := probe.New(probe.Config{Cameras: reg, Hub: reg.Hub(), Kinds: kinds, Quirks: quirks, DataDir: dir, Log: slog.New(slog.DiscardHandler)})
	t.Cleanup(func() { probes.Close() })
	devices := inventory.New(kinds, reg)
	t.Cleanup(func() { devices.Close() })
	recordings, err := openRecordings(t.Context(), dir, db, reg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { recordings.Close() })
	exports, err := openExports(t.Context(), dir, recordings, reg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { exports.Close() })
	cameras := running{reg.Hub(), recordings}
	pictures := live.New(live.Config{Hub: cameras, Copies: copies, Archive: recordings.Archive(), First: reg.First, Watch: func() live.Watch { return reg.Watch() }})
	recorded := live.NewRecorded(pictures)
	t.Cleanup(func() { recorded.Close() })
	users, err := newUsers(db, reg, at.IsLoopback(), Config{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	backups := newBackups(&protected{Store: db}, dir, "test", reg.Record, slog.New(slog.DiscardHandler))
	return routes(parts{db, backups, reg, users, cameras, recordings, exports, pictures, recorded, copies, probes, devices, "test", time.Now()}), users, db, reg
}

// pathVariable is a variable of the router with its pattern.
var pathVariable = regexp.MustCompile(`\{(\w+):[^}]*\}`)

// TestRoutesAreDocumented compares the table of routes with the document both
// ways. A route with a query is a parameter of its path.
func TestRoutesAreDocumented(t *testing.T) {
	c := readContract(t, false)
	rs, _, _ := table(t)
	routed := make(map[string]bool)
	for _, r := range rs {
		path := pathVariable.ReplaceAllString(r.Path, "{$1}")
		name := r.Method + " " + path
		routed[name] = true
		op, _ := c.at(c.doc, "paths", path, strings.ToLower(r.Method))
		if op == nil {
			t.Errorf("the route %s is not in the document", name)
			continue
		}
		for key, value := range r.Query {
			if !slices.Contains(queryValues(op, key), any(value)) {
				t.Errorf("%s: ?%s=%s is not in the document", name, key, value)
			}
		}
	}
	paths, _ := c.at(c.doc, "paths")
	for path, item := range paths {
		for method := range item.(map[string]any) {
			if name := strings.ToUpper(method) + " " + path; method != "parameters" && !routed[name] {
				t.Errorf("%s is in the document and is no route", name)
			}
		}
	}
}

// queryValues returns the values that the document lists for a parameter.
func queryValues(op map[string]any, name string) []any {
	parameters, _ := op["parameters"].([]any)
	for _, p := range parameters {
		if p := p.(map[string]any); p["name"] == name && p["in"] == "query" {
			values, _ := p["schema"].(map[string]any)["enum"].([]any)
			return values
		}
	}
	return nil
}

// TestKindsAreDocumented shows that every kind of camera is in the document,
// and that its example and the defaults of its document are what it takes.
func TestKindsAreDocumented(t *testing.T) {
	c := readContract(t, false)
	source, _ := c.at(c.doc, "components", "schemas", "Source", "discriminator")
	mapping := source["mapping"].(map[string]any)
	for _, k := range kinds {
		where, ok := mapping[k.Name].(string)
		if !ok {
			t.Errorf("the kind %s is not in the document", k.Name)
			continue
		}
		example := parseJSON(t, []byte(k.Example)).(map[string]any)
		example["kind"] = k.Name
		if err := c.validate(where, example); err != nil {
			t.Errorf("the example of %s: %v", k.Name, err)
		}
	}
	for name := range mapping {
		if _, ok := kinds.Lookup(name); !ok {
			t.Errorf("the kind %s is in the document and not in the program", name)
		}
	}
}

// TestDocumentIsValid checks the document against the rules of OpenAPI 3.1, and
// its examples against its schemas.
func TestDocumentIsValid(t *testing.T) {
	b, err := os.ReadFile(contractFile)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(b)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1.") {
		t.Errorf("it is OpenAPI %s", doc.OpenAPI)
	}
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
}

// TestSchemasAndExamples compiles every schema of the document, with the
// official rules for schemas (JSON Schema 2020-12), and checks the examples
// that stand in it.
func TestSchemasAndExamples(t *testing.T) {
	c := readContract(t, false)
	schemas, _ := c.at(c.doc, "components", "schemas")
	for name, schema := range schemas {
		where := "#/components/schemas/" + name
		examples, _ := schema.(map[string]any)["examples"].([]any)
		for _, example := range examples {
			if err := c.validate(where, example); err != nil {
				t.Errorf("the example of %s: %v", name, err)
			}
		}
		if _, err := c.compiler.Compile("contract.json" + where); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDocumentIsServed shows that clients get the document of the repository,
// and are spared a copy that they have.
func TestDocumentIsServed(t *testing.T) {
	want, err := os.ReadFile(contractFile)
	if err != nil {
		t.Fatal(err)
	}
	h := startHub(t, readContract(t, true), t.TempDir())
	const path = "/api/v1/openapi.json"
	a := h.want(http.StatusOK, "GET", path, "")
	if string(a.body) != string(want) {
		t.Error("it is another document")
	}
	tag := a.header.Get("ETag")
	h.want(http.StatusNotModified, "GET", path, "", "If-None-Match", tag)
	h.want(http.StatusNotModified, "GET", path, "", "If-None-Match", `"x", W/`+tag)
	h.want(http.StatusOK, "GET", path, "", "If-None-Match", `"x"`)
	h.want(http.StatusOK, "HEAD", path, "")
}

// TestEveryAnswerIsNamed holds that no operation leaves its errors to a
// default, and that every operation has a name of its own and words for people.
func TestEveryAnswerIsNamed(t *testing.T) {
	c := readContract(t, false)
	names := make(map[any]bool)
	paths, _ := c.at(c.doc, "paths")
	for path, item := range paths {
		for method := range item.(map[string]any) {
			op, _ := c.at(item, method)
			if method == "parameters" {
				continue
			}
			if id := op["operationId"]; id == nil || names[id] || op["summary"] == nil {
				t.Errorf("%s %s: needs a summary and an operationId of its own", method, path)
			}
			names[op["operationId"]] = true
			for status := range op["responses"].(map[string]any) {
				if n, err := strconv.Atoi(status); err != nil || http.StatusText(n) == "" {
					t.Errorf("%s %s: status %q", method, path, status)
				}
			}
		}
	}
}
