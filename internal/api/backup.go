package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"

	"camhub/internal/backup"
	"camhub/internal/export"
)

// Backups is what the API needs to make backups.
type Backups interface {
	Make(ctx context.Context, withSecrets bool) (*backup.File, error)
}

// getBackup makes a backup and sends it. HEAD makes none, and tells neither its length nor
// its digest.
func (s *server) getBackup(w http.ResponseWriter, r *http.Request) error {
	q := newQuery(r, "secrets")
	withSecrets := q.flag("secrets")
	if err := q.err(); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/x-tar")
	h.Set("Cache-Control", "no-store")
	if r.Method == http.MethodHead {
		return nil
	}
	f, err := s.Backups.Make(r.Context(), withSecrets)
	if err != nil {
		return err
	}
	defer f.Close()
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	h.Set("Content-Disposition", export.Disposition(f.FileName()))
	h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(f.SHA256[:])+":") // RFC 9530
	out := &steady{ResponseWriter: w, ctx: r.Context(), rc: http.NewResponseController(w)}
	if _, err := out.ReadFrom(f.File); err != nil {
		panic(http.ErrAbortHandler) // so that what is cut does not look whole
	}
	return nil
}
