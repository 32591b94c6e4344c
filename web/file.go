package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// policy lets a page load from the hub and from nowhere else, run no script and
// no style that stands in the markup, and be framed by the hub alone.
const policy = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'"

// types maps the extensions of our files to what a browser must know of them.
// The tables of the system are not asked: they differ.
var types = map[string]string{
	".css":         "text/css; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".webmanifest": "application/manifest+json",
}

// all returns the embedded files by their path, compressed and hashed once.
var all = sync.OnceValue(func() map[string]*file {
	files, err := load(embedded)
	if err != nil {
		panic(fmt.Sprintf("web: %v", err)) // embedded files can be read, or the build is broken
	}
	return files
})

// file is one embedded file, ready to be sent. It is never changed, so any
// number of goroutines may serve it.
type file struct {
	kind  string
	plain body
	gzip  *body // nil when it would not pay
}

// body is one representation of a file, with a strong ETag of its own (RFC 9110
// section 8.8.3).
type body struct {
	bytes []byte
	etag  string
}

// load reads every file of fsys.
func load(fsys fs.FS) (map[string]*file, error) {
	files := make(map[string]*file)
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		kind, ok := types[path.Ext(name)]
		if !ok {
			return fmt.Errorf("%s: no content type for %q", name, path.Ext(name))
		}
		files[name] = newFile(kind, b)
		return nil
	})
	return files, err
}

// newFile hashes and compresses a file.
func newFile(kind string, b []byte) *file {
	sum := sha256.Sum256(b)
	hash := hex.EncodeToString(sum[:16])
	f := &file{kind: kind, plain: body{bytes: b, etag: `"` + hash + `"`}}
	if z := compress(b); len(z) < len(b)*9/10 {
		f.gzip = &body{bytes: z, etag: `"` + hash + `-gzip"`}
	}
	return f
}

func compress(b []byte) []byte {
	var buf bytes.Buffer
	z, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression) // fails for unknown levels only
	_, _ = z.Write(b)                                       // a bytes.Buffer takes everything
	_ = z.Close()
	return buf.Bytes()
}

// ServeHTTP sends the file to a GET or HEAD, or 304 to a client that has it.
// Clients keep a copy and ask each time whether it still holds, so that a new
// program shows its new pages at once.
func (f *file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	b := f.plain
	if f.gzip != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Values("Accept-Encoding")) {
			b = *f.gzip
			h.Set("Content-Encoding", "gzip")
			h.Set("Content-Length", strconv.Itoa(len(b.bytes))) // ServeContent leaves it out for encoded bodies
		}
	}
	h.Set("Content-Type", f.kind)
	h.Set("ETag", b.etag)
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b.bytes))
}

// acceptsGzip reads Accept-Encoding (RFC 9110 section 12.5.3).
func acceptsGzip(values []string) bool {
	accepted := false
	for coding := range strings.SplitSeq(strings.Join(values, ","), ",") {
		name, weight, _ := strings.Cut(coding, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		q, isWeight := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
		no := false
		if n, err := strconv.ParseFloat(q, 64); isWeight && err == nil {
			no = n == 0
		}
		switch name {
		case "gzip", "x-gzip":
			return !no
		case "*":
			accepted = !no
		}
	}
	return accepted
}
