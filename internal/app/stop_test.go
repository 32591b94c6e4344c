package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// TestStopWhileStarting ends the hub while it reads what it has: that is an orderly end.
func TestStopWhileStarting(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := Config{Listen: "127.0.0.1:0", DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)}
	if err := Serve(ctx, c, io.Discard); err != nil {
		t.Errorf("stopped: %v", err)
	}
	c.DataDir = "/dev/null"
	if err := Serve(ctx, c, io.Discard); err == nil || errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "/dev/null") {
		t.Errorf("stopped, and what it can't start on: %v", err)
	}
}
