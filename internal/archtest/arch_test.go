// Package archtest holds the rules about the code itself.
package archtest

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "camhub/"

// allowed lists which of our packages each package may import, and thereby all
// packages there are. Adding a line here is a design decision.
var allowed = map[string][]string{
	// What everybody may know.
	"internal/media":      {},
	"internal/fault":      {},
	"internal/gate":       {},
	"internal/header":     {},
	"internal/connlimit":  {},
	"internal/meter":      {},
	"internal/owner":      {},
	"internal/atomicfile": {"internal/owner"},
	"internal/strict":     {"internal/fault"},
	"internal/schedule":   {},
	"internal/certs":      {"internal/atomicfile"},
	"internal/front":      {},
	"internal/listen":     {},
	"internal/service":    {},
	"internal/camera":     {"internal/fault", "internal/schedule", "internal/strict"},
	"internal/retention":  {"internal/camera", "internal/fault", "internal/strict"},
	"internal/access":     {"internal/camera", "internal/fault"},
	"internal/event":      {"internal/camera"},
	"internal/seal":       {"internal/atomicfile", "internal/camera"},
	"internal/jpeg":       {},
	"internal/device":     {},
	"internal/pixel":      {"internal/jpeg"},

	// Pictures in.
	"internal/jpegstream":      {"internal/header", "internal/jpeg"},
	"internal/source":          {"internal/camera", "internal/device", "internal/fault", "internal/media", "internal/seal", "internal/strict"},
	"internal/source/emulated": {"internal/fault", "internal/jpeg", "internal/media", "internal/source", "internal/strict"},
	"internal/upstream":        {"internal/fault", "internal/header", "internal/jpegstream", "internal/source", "internal/strict"},
	"internal/source/httpcam": {
		"internal/jpegstream", "internal/media", "internal/source", "internal/upstream",
	},
	"internal/source/mjpeg": {"internal/source", "internal/source/httpcam", "internal/strict", "internal/upstream"},
	"internal/source/snapshot": {
		"internal/camera", "internal/fault", "internal/source", "internal/source/httpcam", "internal/strict", "internal/upstream",
	},
	"internal/source/v4l2":     {"internal/device", "internal/fault", "internal/jpeg", "internal/jpegstream", "internal/media", "internal/pixel", "internal/source", "internal/strict"},
	"internal/source/picamera": {"internal/camera", "internal/device", "internal/fault", "internal/jpegstream", "internal/media", "internal/source", "internal/strict"},

	// Cameras, running and stored.
	"internal/stream": {"internal/media"},
	"internal/hub": {
		"internal/camera", "internal/event", "internal/fault", "internal/gate", "internal/media",
		"internal/meter", "internal/source", "internal/stream",
	},
	"internal/rendition": {"internal/jpeg", "internal/media", "internal/stream"},
	"internal/registry": {
		"internal/access", "internal/camera", "internal/device", "internal/event", "internal/fault",
		"internal/gate", "internal/hub", "internal/source", "internal/strict",
	},
	"internal/inventory": {"internal/camera", "internal/device", "internal/source"},
	"internal/probe": {
		"internal/camera", "internal/fault", "internal/gate", "internal/hub", "internal/jpegstream", "internal/media",
		"internal/source", "internal/stream", "internal/strict", "internal/upstream",
	},
	"store":              {"internal/access", "internal/atomicfile", "internal/camera", "internal/event", "internal/fault", "internal/owner", "internal/retention"},
	"internal/redact":    {},
	"internal/yamldoc":   {},
	"internal/hubclient": {},
	"internal/foreign":   {"internal/camera", "internal/redact", "internal/yamldoc"},
	"internal/portable":  {"internal/camera", "internal/event", "internal/fault", "internal/foreign", "internal/hubclient", "internal/redact", "internal/retention", "internal/seal", "internal/source", "internal/strict", "internal/yamldoc"},
	"internal/doctor":    {"internal/camera", "internal/event", "internal/hubclient", "internal/portable", "internal/record/disk", "internal/redact", "internal/retention", "internal/seal", "internal/source"},

	// Recordings.
	"internal/record/disk": {},
	"internal/record/mov":  {"internal/record/disk"},
	"internal/record/archive": {
		"internal/atomicfile", "internal/camera", "internal/fault", "internal/owner", "internal/record/disk", "internal/record/mov",
	},
	"internal/record": {
		"internal/camera", "internal/media", "internal/record/archive", "internal/record/disk",
		"internal/record/mov", "internal/stream",
	},

	"internal/recording": {
		"internal/camera", "internal/event", "internal/gate", "internal/hub", "internal/record", "internal/record/archive",
		"internal/registry", "internal/retention", "internal/stream",
	},
	"internal/export": {"internal/atomicfile", "internal/camera", "internal/event", "internal/fault", "internal/record/archive", "internal/record/disk", "internal/record/mov", "internal/strict"},

	// Pictures and pages out. The features do not know each other.
	"internal/route": {"internal/fault"},
	"internal/auth": {
		"internal/access", "internal/camera", "internal/event", "internal/fault", "internal/front",
		"internal/gate", "internal/route", "internal/strict",
	},
	"internal/api": {
		"internal/access", "internal/backup", "internal/camera", "internal/event", "internal/export", "internal/fault",
		"internal/hub", "internal/inventory", "internal/probe", "internal/record/archive",
		"internal/recording", "internal/registry", "internal/rendition", "internal/retention",
		"internal/route", "internal/strict",
	},
	"internal/backup": {"internal/access", "internal/event", "internal/fault", "internal/hubclient", "internal/owner", "internal/seal", "store"},
	"internal/live": {
		"internal/access", "internal/camera", "internal/event", "internal/fault", "internal/hub",
		"internal/media", "internal/meter", "internal/record/archive", "internal/registry",
		"internal/rendition", "internal/route", "internal/stream", "internal/strict",
	},
	"internal/metrics": {"internal/camera", "internal/hub", "internal/rendition"},
	"internal/profile": {"internal/fault", "internal/route"},
	"web":              {},

	// The whole.
	"internal/app": {
		"internal/access", "internal/api", "internal/auth", "internal/backup", "internal/camera",
		"internal/atomicfile", "internal/certs", "internal/connlimit", "internal/doctor", "internal/event", "internal/export",
		"internal/fault", "internal/foreign", "internal/front", "internal/hub", "internal/hubclient",
		"internal/inventory", "internal/jpegstream", "internal/listen", "internal/live", "internal/metrics",
		"internal/portable", "internal/probe", "internal/profile", "internal/record/archive",
		"internal/record/disk", "internal/recording", "internal/registry", "internal/rendition",
		"internal/retention", "internal/route", "internal/seal", "internal/service", "internal/source",
		"internal/source/emulated", "internal/source/httpcam", "internal/source/mjpeg",
		"internal/source/picamera", "internal/source/snapshot", "internal/source/v4l2", "internal/upstream",
		"store", "web",
	},
	"internal/simulator": {},
	"cmd/camhub":         {"internal/app", "internal/simulator"},

	// For tests only.
	"internal/archtest":                  {},
	"internal/hubtest":                   {},
	"internal/memnet":                    {},
	"internal/rawpeer":                   {},
	"internal/proctest":                  {},
	"internal/picamtest":                 {"internal/picamtest/standin"},
	"internal/picamtest/standin":         {},
	"internal/sourcetest":                {"internal/media", "internal/source"},
	"internal/feedbench":                 {},
	"internal/release":                   {},
	"internal/soak":                      {},
	"internal/source/v4l2/testvm":        {},
	"internal/source/v4l2/testvm/uvcsim": {},
	"web/browsertest":                    {},
}

func TestImports(t *testing.T) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, module)
		ok, known := allowed[name]
		if !known {
			t.Errorf("package %s is not in the table", name)
		}
		seen[name] = true
		for _, imp := range p.Imports {
			if ours, is := strings.CutPrefix(imp, module); is && !slices.Contains(ok, ours) {
				t.Errorf("%s must not import %s", name, ours)
			}
		}
	}
	for name := range allowed {
		if !seen[name] {
			t.Errorf("package %s is in the table and not there", name)
		}
	}
}

// TestTopLevel keeps the list of what stands beside the README short.
func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	known := []string{"Makefile", "README.md", "cmd", "go.mod", "go.sum", "internal", "store", "testdata", "web", "build"} // build is made
	for _, e := range entries {
		if name := e.Name(); name[0] != '.' && !slices.Contains(known, name) {
			t.Errorf("%s has no place at the top", name)
		}
	}
}

// TestSizes keeps files and functions small enough to read at once, and has functions
// commented by their names.
func TestSizes(t *testing.T) {
	const maxFile, maxFunc = 400, 70
	err := filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return err
		}
		if n := fset.File(f.FileStart).LineCount(); n > maxFile && !strings.HasSuffix(path, "_test.go") {
			t.Errorf("%s has %d lines, more than %d", path, n, maxFile)
		}
		for _, decl := range f.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line + 1; n > maxFunc {
				t.Errorf("%s: %s has %d lines, more than %d", path, fn.Name.Name, n, maxFunc)
			}
			if !startsWithName(fn) && !strings.HasSuffix(path, "_test.go") {
				t.Errorf("%s: the comment of %s begins with another name", path, fn.Name.Name)
			}
			if fn.Name.IsExported() && fn.Doc == nil && !strings.HasSuffix(path, "_test.go") && exportedRecv(fn) {
				t.Errorf("%s: %s has no comment", path, fn.Name.Name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// startsWithName reports whether the comment of a function, if it has one, begins with
// its name (https://go.dev/doc/comment).
func startsWithName(fn *ast.FuncDecl) bool {
	text := fn.Doc.Text() // without directives
	return text == "" || strings.HasPrefix(text, fn.Name.Name+" ") || strings.HasPrefix(text, fn.Name.Name+":")
}

func exportedRecv(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return true
	}
	typ := fn.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	id, ok := typ.(*ast.Ident)
	return !ok || id.IsExported()
}
