package api

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"camhub/internal/export"
	"camhub/internal/route"
)

// Exports is what the API needs of who makes files of recordings.
type Exports interface {
	Create(body []byte) (export.Job, error)
	List() []export.Job
	Get(id string) (export.Job, error)
	Remove(id string) error
	Open(id, name string) (*export.Download, error)
	Watch() ([]export.Job, *export.Watch)
}

// exportList is all exports.
type exportList struct {
	Exports []export.Job `json:"exports"`
}

// exportRoutes returns the routes of exports.
func (s *server) exportRoutes() []route.Route {
	return []route.Route{
		{Method: "GET", Path: "/api/v1/exports", Handle: s.listExports},
		{Method: "POST", Path: "/api/v1/exports", Handle: s.createExport},
		{Method: "GET", Path: "/api/v1/exports/{id}", Handle: s.getExport},
		{Method: "DELETE", Path: "/api/v1/exports/{id}", Handle: s.deleteExport},
		{Method: "GET", Path: "/api/v1/exports/{id}/file", Handle: s.exportFile},
		{Method: "GET", Path: "/api/v1/exports/{id}/file/{name}", Handle: s.exportFile},
	}
}

// listExports answers with one JSON object, or with messages that go on.
func (s *server) listExports(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Vary", "Accept")
	if preferred(strings.Join(r.Header.Values("Accept"), ","), typeJSON, typeEvents) == typeEvents {
		return s.liveExports(w, r)
	}
	return writeJSON(w, http.StatusOK, exportList{s.Exports.List()})
}

func (s *server) createExport(w http.ResponseWriter, r *http.Request) error {
	body, err := readJSON(w, r, typeJSON)
	if err != nil {
		return err
	}
	j, err := s.Exports.Create(body)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/exports/"+j.ID)
	return writeJSON(w, http.StatusAccepted, j)
}

func (s *server) getExport(w http.ResponseWriter, r *http.Request) error {
	j, err := s.Exports.Get(route.Var(r, "id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, j)
}

func (s *server) deleteExport(w http.ResponseWriter, r *http.Request) error {
	if err := s.Exports.Remove(route.Var(r, "id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// exportFile sends a file or a part of it. Its ETag never changes, so that a client
// may go on with If-Range where it was cut.
func (s *server) exportFile(w http.ResponseWriter, r *http.Request) error {
	d, err := s.Exports.Open(route.Var(r, "id"), route.Var(r, "name"))
	if err != nil {
		return err
	}
	defer d.Close()
	h := w.Header()
	h.Set("Content-Type", d.MediaType)
	h.Set("Content-Disposition", export.Disposition(d.Name))
	h.Set("ETag", d.ETag)
	h.Set("Cache-Control", "private, no-cache")
	if d.SHA256 != nil {
		sum, err := hex.DecodeString(*d.SHA256)
		if err != nil {
			return err
		}
		h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":") // RFC 9530
	}
	out := &steady{ResponseWriter: w, rc: http.NewResponseController(w)}
	http.ServeContent(out, r, "", time.Time{}, d)
	if out.failed != nil {
		panic(http.ErrAbortHandler) // so that what is cut does not look whole
	}
	return nil
}

// steady writes a long answer. It has no bound in all, but each part of it must be
// taken within writeTimeout.
type steady struct {
	http.ResponseWriter
	rc     *http.ResponseController
	failed error
}

// steadyPart is how much is read and written at once.
const steadyPart = 256 << 10

// Write implements http.ResponseWriter.
func (s *steady) Write(b []byte) (int, error) {
	if err := s.rc.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	n, err := s.ResponseWriter.Write(b)
	if err != nil {
		s.failed = err
	}
	return n, err
}

// ReadFrom implements io.ReaderFrom.
func (s *steady) ReadFrom(r io.Reader) (n int64, err error) {
	b := make([]byte, steadyPart)
	for {
		k, err := r.Read(b)
		if k > 0 {
			written, werr := s.Write(b[:k])
			n += int64(written)
			if werr != nil {
				return n, werr
			}
		}
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			s.failed = err
			return n, err
		}
	}
}

// liveExports sends all exports, and then what changes.
func (s *server) liveExports(w http.ResponseWriter, r *http.Request) error {
	eventHeader(w.Header())
	if r.Method == http.MethodHead {
		return nil
	}
	e := &eventStream{s: s, w: w, rc: http.NewResponseController(w)}
	jobs, watch := s.Exports.Watch()
	if e.send("exports", "", exportList{jobs}) == nil && e.flush() == nil {
		e.runExports(r.Context(), watch)
	}
	return nil // what began can only be cut: the client comes back
}

// runExports sends changes until the client is gone or the program stops.
func (e *eventStream) runExports(ctx context.Context, watch *export.Watch) {
	for {
		wait, cancel := context.WithTimeout(ctx, pingEvery)
		changed, removed, err := watch.Next(wait)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			err = e.ping()
		}
		for i := 0; err == nil && i < len(changed); i++ {
			err = e.send("export", "", changed[i])
		}
		for i := 0; err == nil && i < len(removed); i++ {
			err = e.send("removed", "", map[string]string{"id": removed[i]})
		}
		if err != nil || e.flush() != nil {
			return
		}
	}
}
