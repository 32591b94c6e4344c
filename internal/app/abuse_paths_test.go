package app

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"camhub/internal/route"
)

// variable is a variable in the path of a route.
var variable = regexp.MustCompile(`\{[^}]+\}`)

// planted is in files that no request may read.
const planted = "planted outside of what is served"

// hostile are names that lead elsewhere where a program takes them for a path.
var hostile = []string{
	"", ".", "..", "...", "../", "../..", "%2e%2e", "%2E%2e", "%2e%2e%2f", "..%2f..%2f..%2foutside.txt", "..%2foutside.txt", "%2e%2e/%2e%2e/outside.txt",
	"..%5c..%5coutside.txt", "..\\..\\outside.txt", "..%5coutside.txt", "%252e%252e%252foutside.txt", "%c0%ae%c0%ae%c0%afoutside.txt", "%e0%80%ae%e0%80%ae/",
	"..;/outside.txt", "..%00/outside.txt", "a%00", "a%00.jpg", "%00", "a%0d%0aX-Planted:%20yes", "a%0a", "%0d%0a%0d%0a", "%ff%fe", "%", "%2", "%zz", "%u002e%u002e",
	"/etc/passwd", "%2fetc%2fpasswd", "//etc/passwd", "%2f%2fevil.example", "//evil.example/", "\\\\evil.example\\", "file:%2f%2f%2fetc%2fpasswd",
	"C:%5cwindows", "CON", "NUL", "aux.jpg", "a::$DATA", "~root", "$HOME", "`id`", "a;id", "-rf", "a%20", "%20a", "a.", "A", "%EF%BC%8E%EF%BC%8E%EF%BC%8F", "%E2%80%A5", "%D0%B0",
	"a%3fshare=x", "a%23", "*", "camhub.db", "..%2fcamhub.db", strings.Repeat("a", 10<<10), strings.Repeat("..%2f", 2<<10), strings.Repeat("%00", 3<<10),
}

// hostilePaths returns each path of the table with each of its variables, one
// after the other, replaced by hostile names.
func hostilePaths(path string) (all []string) {
	good := strings.NewReplacer("{id}", "a", "{file:.+}", "wall.js", "{time}", "2026-01-02T03:04:05Z", "{pin}", "1")
	for _, at := range variable.FindAllStringIndex(path, -1) {
		before, after := good.Replace(path[:at[0]]), good.Replace(path[at[1]:])
		for _, name := range hostile {
			all = append(all, variable.ReplaceAllString(before, "x")+name+variable.ReplaceAllString(after, "x"))
		}
	}
	return all
}

// TestPathTraversal puts hostile names into every variable of every route, byte
// for byte: nothing outside is read or written, nothing leads elsewhere, and the
// answer is a problem that the client made.
func TestPathTraversal(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	h := startHub(t, readContract(t, true), data)
	h.add("a")
	for _, name := range []string{filepath.Join(dir, "outside.txt"), filepath.Join(data, "outside.txt"), filepath.Join(dir, "outside.jpg")} {
		if err := os.WriteFile(name, []byte(planted), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := listing(t, dir)
	table, _, _ := policyHub(t)
	tried := 0
	for _, r := range table {
		for _, path := range hostilePaths(r.Path) {
			if slices.ContainsFunc(table, func(other route.Route) bool { return other.Method == r.Method && other.Path == path }) {
				continue // without a name it is another one
			}
			tried++
			text := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", r.Method, path)
			as := h.exchange(t, text)
			if len(as) != 1 {
				t.Errorf("%s %.100s: %d answers", r.Method, path, len(as))
				continue
			}
			judge(t, r.Method+" "+path, r.Path, as[0])
		}
	}
	t.Logf("%d requests", tried)
	if after := listing(t, dir); !slices.Equal(before, after) {
		t.Errorf("there were %q, and now %q", before, after)
	}
	if h.ids() != "a" {
		t.Errorf("the cameras are %q", h.ids())
	}
}

// pagesOfAnyName are routes that answer alike whatever their variable is: the page
// finds out itself.
var pagesOfAnyName = []string{"/cameras/{id}"}

// judge reports what is wrong with the answer to a hostile path.
func judge(t *testing.T, request, route string, a answer) {
	t.Helper()
	request = request[:min(len(request), 120)]
	if body := string(a.body); strings.Contains(body, planted) || strings.Contains(body, "root:") || strings.Contains(body, "package web") {
		t.Errorf("%s: shows a file: %.300s", request, body)
	}
	if a.header.Get("Location") != "" || a.header.Get("X-Planted") != "" {
		t.Errorf("%s: leads to %q, header %v", request, a.header.Get("Location"), a.header)
	}
	kind := a.header.Get("Content-Type")
	switch {
	case a.status == http.StatusOK && slices.Contains(pagesOfAnyName, route) && strings.HasPrefix(kind, "text/html"):
	case a.status == http.StatusBadRequest && strings.HasPrefix(kind, "text/plain"): // it was no request to the server
	case a.status >= 400 && a.status < 500 && kind == "application/problem+json":
	default:
		t.Errorf("%s: %d %s %.300s", request, a.status, kind, a.body)
	}
}

// listing returns the names of all files below dir, but those that come and go
// by themselves.
func listing(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		names = append(names, strings.TrimPrefix(path, dir))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
