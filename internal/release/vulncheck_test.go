package release

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const unreachable = "vulncheck: not checked: database unreachable"

// advisory is one about a function that package store calls, in the layout of
// https://ossf.github.io/osv-schema/.
const advisory = `{"schema_version":"1.3.1","id":"GO-2026-9999","modified":"2026-01-01T00:00:00Z","published":"2026-01-01T00:00:00Z",
"summary":"Planted","details":"Planted by a test.",
"affected":[{"package":{"name":"go.etcd.io/bbolt","ecosystem":"Go"},
"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}],
"ecosystem_specific":{"imports":[{"path":"go.etcd.io/bbolt","symbols":["Open"]}]}}],
"database_specific":{"url":"https://pkg.go.dev/vuln/GO-2026-9999","review_status":"REVIEWED"}}`

// database makes a database of advisories, in the layout of https://go.dev/doc/security/vuln/database.
func database(t *testing.T, modules, vulns string, advisories map[string]string) (url string) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("index/db.json", `{"modified":"2026-01-01T00:00:00Z"}`)
	write("index/modules.json", modules)
	write("index/vulns.json", vulns)
	for id, text := range advisories {
		write("ID/"+id+".json", text)
	}
	return "file://" + dir
}

// TestVulncheck runs the script with databases that know nothing, know something, and
// are not there.
func TestVulncheck(t *testing.T) {
	const modules = `[{"path":"go.etcd.io/bbolt","vulns":[{"id":"GO-2026-9999","modified":"2026-01-01T00:00:00Z"}]}]`
	const vulns = `[{"id":"GO-2026-9999","modified":"2026-01-01T00:00:00Z"}]`
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusBadGateway) }))
	defer broken.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	// Nothing that the tests do goes beyond this machine.
	proxies := map[string]string{"nobody listens": closed.URL, "a proxy that refuses": broken.URL}
	tests := []struct {
		name, db, pkg string // without db, it is the one of the Go project
		fails         bool
		want          string
	}{
		{"nothing is known", database(t, `[]`, `[]`, nil), "camhub/store", false, "No vulnerabilities found."},
		{"a function that is called", database(t, modules, vulns, map[string]string{"GO-2026-9999": advisory}), "camhub/store", true, "GO-2026-9999"},
		{"a module that is not used", database(t, modules, vulns, map[string]string{"GO-2026-9999": advisory}), "camhub/internal/schedule", false, "No vulnerabilities found."},
		{"nobody listens", "", "camhub/internal/schedule", false, unreachable},
		{"a proxy that refuses", "", "camhub/internal/schedule", false, unreachable},
		{"a damaged database", database(t, `no JSON`, `[]`, nil), "camhub/store", true, "fetching vulnerabilities"},
		{"no such package", database(t, `[]`, `[]`, nil), "camhub/nothing", true, "camhub/nothing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			args := []string{"vulncheck.sh", test.pkg}
			if test.db != "" {
				args = []string{"vulncheck.sh", "-db", test.db, test.pkg}
			}
			cmd := exec.CommandContext(t.Context(), "bash", args...)
			cmd.Env = append(os.Environ(), "HTTPS_PROXY="+proxies[test.name], "https_proxy=")
			out, err := cmd.CombinedOutput()
			if failed := err != nil; failed != test.fails || err != nil && !errors.As(err, new(*exec.ExitError)) {
				t.Errorf("it ended with %v", err)
			}
			if !strings.Contains(string(out), test.want) {
				t.Errorf("it does not say %q:\n%s", test.want, out)
			}
			if test.want != unreachable && strings.Contains(string(out), unreachable) {
				t.Errorf("it says that it did not check:\n%s", out)
			}
		})
	}
}
