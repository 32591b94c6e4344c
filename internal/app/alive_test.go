package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"camhub/internal/route"
	"camhub/store"
)

// TestAliveIsNoBareTicker looks at a hub that works, and at what must be noticed.
func TestAliveIsNoBareTicker(t *testing.T) {
	routes, users, db := table(t)
	h := route.New(routes, users.Guard, slog.New(slog.DiscardHandler))
	if err := alive(t.Context(), h, db.Alive); err != nil {
		t.Fatalf("a hub that works: %v", err)
	}
	if err := alive(t.Context(), h, func() error { return errors.New("no disk") }); err == nil || !strings.Contains(err.Error(), "no disk") {
		t.Errorf("a store that fails: %v", err)
	}
	wrong := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	if err := alive(t.Context(), wrong, db.Alive); err == nil || !strings.Contains(err.Error(), "500") {
		t.Errorf("routes that fail: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	stuck := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	if err := alive(ctx, stuck, db.Alive); err == nil || ctx.Err() == nil {
		t.Errorf("routes that are stuck: %v", err)
	}
	closed, err := store.Open(filepath.Join(t.TempDir(), "camhub.db"))
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	if err := alive(t.Context(), h, closed.Alive); err == nil {
		t.Error("a store that is closed")
	}
}
