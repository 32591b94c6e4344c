// Package sourcetest runs sources for tests, one attempt at a time, and keeps
// what they find.
package sourcetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"camhub/internal/media"
	"camhub/internal/source"
)

// patience bounds an attempt.
const patience = time.Minute

// Sink keeps what a source finds. The zero Sink is ready to use.
type Sink struct {
	Packets []*media.Packet
	Quirks  []string // once each, in the order they came
	Bytes   int      // that were received

	enough int
	stop   context.CancelFunc
}

// Write implements source.Sink.
func (s *Sink) Write(p *media.Packet) {
	if s.Packets = append(s.Packets, p); len(s.Packets) == s.enough {
		s.stop()
	}
}

// Received implements source.Sink.
func (s *Sink) Received(n int) { s.Bytes += n }

// Quirk implements source.Sink.
func (s *Sink) Quirk(name string) {
	if !slices.Contains(s.Quirks, name) {
		s.Quirks = append(s.Quirks, name)
	}
}

// OwnQuirks returns the quirks but that of slow answers, which a busy machine gives to
// any camera that is asked often.
func (s *Sink) OwnQuirks() []string {
	return slices.DeleteFunc(slices.Clone(s.Quirks), func(q string) bool { return q == "slow-answers" })
}

// Pictures returns the bytes of all pictures.
func (s *Sink) Pictures() []string {
	var all []string
	for _, p := range s.Packets {
		all = append(all, string(p.Data))
	}
	return all
}

// Run makes one attempt of a kind with the given options, as Try does.
func Run(t *testing.T, kind source.Kind, enough int, options map[string]any) (*Sink, error) {
	t.Helper()
	b, err := json.Marshal(options)
	if err != nil {
		t.Fatal(err)
	}
	cfg, errs := kind.Parse(b)
	if errs.ErrorOrNil() != nil {
		t.Fatal(errs)
	}
	return Try(t, cfg.Open(source.Env{}), enough)
}

// Try makes one attempt, at most until there are enough pictures; 0 waits for it
// to end. It returns what was found and why it ended, and fails the test when it
// does not end within patience.
func Try(t *testing.T, src source.Source, enough int) (*Sink, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	out := &Sink{enough: enough, stop: cancel}
	err := src.Run(ctx, out)
	if err == nil {
		t.Fatal("Run returned nil")
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Fatalf("%d pictures, quirks %q, %v, and no end in %v", len(out.Packets), out.Quirks, err, patience)
	}
	return out, err
}

// Code returns the code of a source.Error, and checks its sentence: whatever a
// test calls "secret" must not be in it.
func Code(t *testing.T, err error) string {
	t.Helper()
	var e *source.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is not a *source.Error", err)
	}
	if !strings.HasSuffix(e.Message, ".") || strings.Contains(e.Message, "secret") || strings.Contains(fmt.Sprint(e.Err), "secret") {
		t.Errorf("message %q, cause %v", e.Message, e.Err)
	}
	return e.Code
}
