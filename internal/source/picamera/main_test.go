//go:build linux

package picamera

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"camhub/internal/media"
	"camhub/internal/picamtest"
	"camhub/internal/source"
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	code := picamtest.Main(m)
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// patience bounds every wait of these tests. None of them comes near it.
const patience = time.Minute

// sink keeps what a source writes, and ends the attempt after so many pictures.
type sink struct {
	mu       sync.Mutex
	packets  []*media.Packet
	received int
	quirks   []string
	most     int // 0: no end
	stop     context.CancelFunc
}

// Write implements source.Sink.
func (s *sink) Write(p *media.Packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.packets = append(s.packets, p); len(s.packets) == s.most {
		s.stop()
	}
}

// Received implements source.Sink.
func (s *sink) Received(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.received += n
}

// Quirk implements source.Sink.
func (s *sink) Quirk(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.quirks, name) {
		s.quirks = append(s.quirks, name)
	}
}

// open returns a source of options, which must be right, that is soon tired of
// silence.
func open(t *testing.T, options string) *reader {
	t.Helper()
	c, errs := Kind.Parse(json.RawMessage(options))
	if errs.ErrorOrNil() != nil {
		t.Fatal(errs)
	}
	r := c.Open(source.Env{}).(*reader)
	r.silence = time.Second
	return r
}

// small are options for small pictures that come quickly.
const small = `{"width":64,"height":64,"fps":50}`

// film runs a source until it fails or has given so many pictures.
func film(t *testing.T, r *reader, pictures int) (*sink, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	out := &sink{most: pictures, stop: cancel}
	err := r.Run(ctx, out)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Fatalf("it did not end: %d pictures", len(out.packets))
	}
	return out, err
}

// code returns the code of a source's error.
func code(t *testing.T, err error) string {
	t.Helper()
	e, ok := errors.AsType[*source.Error](err)
	if !ok {
		t.Fatalf("%v is not a source.Error", err)
	}
	return e.Code
}
