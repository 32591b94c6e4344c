package api

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/export"
	"camhub/internal/fault"
	"camhub/internal/route"
)

// Exports is what the API needs to make files of recordings.
type Exports interface {
	Create(body []byte, by string, sees func(camera.ID) bool) (export.Job, error)
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
		{Method: "GET", Path: "/api/v1/exports", Need: route.Operator, Handle: s.listExports},
		{Method: "POST", Path: "/api/v1/exports", Need: route.Operator, Handle: s.createExport},
		{Method: "GET", Path: "/api/v1/exports/{export}", Need: route.Operator, Handle: s.getExport},
		{Method: "DELETE", Path: "/api/v1/exports/{export}", Need: route.Operator, Handle: s.deleteExport},
		{Method: "GET", Path: "/api/v1/exports/{export}/file", Need: route.Operator, Handle: s.exportFile},
		{Method: "GET", Path: "/api/v1/exports/{export}/file/{name}", Need: route.Operator, Handle: s.exportFile},
	}
}

// listExports answers with one JSON object, or with messages that go on.
func (s *server) listExports(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Vary", "Accept")
	if preferred(strings.Join(r.Header.Values("Accept"), ","), typeJSON, typeEvents) == typeEvents {
		return s.liveExports(w, r)
	}
	return writeJSON(w, http.StatusOK, exportList{visible(access.From(r.Context()), s.Exports.List())})
}

// visible returns the exports of cameras all of which the caller may see.
func visible(who *access.Caller, jobs []export.Job) []export.Job {
	return slices.DeleteFunc(jobs, func(j export.Job) bool { return !seesEach(who, j.Cameras) })
}

// export returns the export of the request's path, if the caller may see it.
func (s *server) export(r *http.Request) (export.Job, error) {
	j, err := s.Exports.Get(route.Var(r, "export"))
	if err == nil && !seesEach(access.From(r.Context()), j.Cameras) {
		return export.Job{}, fault.New(fault.NotFound, "There is no export %q.", j.ID)
	}
	return j, err
}

func (s *server) createExport(w http.ResponseWriter, r *http.Request) error {
	body, err := readJSON(w, r, typeJSON)
	if err != nil {
		return err
	}
	j, err := s.Exports.Create(body, access.Actor(r.Context()), access.From(r.Context()).Sees)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/exports/"+j.ID)
	return writeJSON(w, http.StatusAccepted, j)
}

func (s *server) getExport(w http.ResponseWriter, r *http.Request) error {
	j, err := s.export(r)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, j)
}

func (s *server) deleteExport(w http.ResponseWriter, r *http.Request) error {
	j, err := s.export(r)
	if err != nil {
		return err
	}
	if err := s.Exports.Remove(j.ID); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// exportFile sends a file or a part of it. Its ETag never changes, so that a client
// may go on with If-Range where it was cut.
func (s *server) exportFile(w http.ResponseWriter, r *http.Request) error {
	j, err := s.export(r)
	if err != nil {
		return err
	}
	d, err := s.Exports.Open(j.ID, route.Var(r, "name"))
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
	out := &steady{ResponseWriter: w, ctx: r.Context(), rc: http.NewResponseController(w)}
	http.ServeContent(out, r, "", time.Time{}, d)
	if out.failed != nil {
		panic(http.ErrAbortHandler) // so that what is cut does not look whole
	}
	return nil
}

// steady writes a long answer. It has no bound in all, but each part of it must be
// taken within writeTimeout. It ends with the right to it.
type steady struct {
	http.ResponseWriter
	ctx    context.Context
	rc     *http.ResponseController
	failed error
}

// steadyPart is how much is read and written at once.
const steadyPart = 256 << 10

// Write implements http.ResponseWriter.
func (s *steady) Write(b []byte) (int, error) {
	if s.failed = s.ctx.Err(); s.failed != nil {
		return 0, s.failed
	}
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
