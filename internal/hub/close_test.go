package hub

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/source"
)

// TestCloseDoesNotWaitForAHangingSource has a source that hangs and goes on when
// nobody waits for it any more, as one in a broken driver may.
func TestCloseDoesNotWaitForAHangingSource(t *testing.T) {
	tests := []struct {
		name   string
		remove bool
		want   string
	}{
		{"running", false, "level=ERROR msg=\"camera does not stop\" camera=stuck"},
		{"removed", true, "level=ERROR msg=\"a camera that was removed does not stop\""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				var log bytes.Buffer
				b.cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
				wake := make(chan struct{})
				b.put(t, "good", film(time.Second))
				b.put(t, "stuck", func(_ context.Context, out source.Sink) error {
					out.Write(frame())
					<-wake // whatever its context says
					out.Write(frame())
					out.Quirk("late")
					return nil
				})
				synctest.Wait()
				if tt.remove {
					ctx, cancel := context.WithTimeout(t.Context(), time.Second)
					defer cancel()
					if err := b.Remove(ctx, "stuck"); err == nil {
						t.Error("it was removed")
					}
				}
				start := time.Now()
				b.Close()
				if took := time.Since(start); took != closeWithin {
					t.Errorf("closing took %v", took)
				}
				if !strings.Contains(log.String(), tt.want) || strings.Contains(log.String(), "camera=good") {
					t.Errorf("logged %s", log.String())
				}
				close(wake)
				synctest.Wait() // the bubble fails if anything is left
				start = time.Now()
				b.Close()
				if took := time.Since(start); took != 0 {
					t.Errorf("closing again took %v", took)
				}
			})
		})
	}
}
