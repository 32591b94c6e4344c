package mjpeg

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"camhub/internal/media"
	"camhub/internal/source"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sink keeps what a source finds, and ends the attempt after enough pictures.
type sink struct {
	enough   int
	stop     context.CancelFunc
	packets  []*media.Packet
	quirks   []string
	received int
}

func (s *sink) Write(p *media.Packet) {
	if s.packets = append(s.packets, p); len(s.packets) == s.enough {
		s.stop()
	}
}
func (s *sink) Received(n int) { s.received += n }
func (s *sink) Quirk(name string) {
	if !slices.Contains(s.quirks, name) {
		s.quirks = append(s.quirks, name)
	}
}

// run makes one attempt with the given options, at most until there are enough
// pictures.
func run(t *testing.T, enough int, options map[string]any) (*sink, error) {
	t.Helper()
	b, err := json.Marshal(options)
	if err != nil {
		t.Fatal(err)
	}
	cfg, errs := Kind.Parse(b)
	if errs.ErrorOrNil() != nil {
		t.Fatal(errs)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	out := &sink{enough: enough, stop: cancel}
	err = cfg.Open(source.Env{}).Run(ctx, out)
	if err == nil {
		t.Fatal("Run returned nil")
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Fatalf("%d pictures and no end in 20 s", len(out.packets))
	}
	return out, err
}

// code returns the code of a source.Error, and checks its sentence.
func code(t *testing.T, err error) string {
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

// chunked writes a body in chunks of n bytes.
func chunked(body string, n int) string {
	s := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"
	for len(body) > 0 {
		k := min(n, len(body))
		s += fmt.Sprintf("%x\r\n%s\r\n", k, body[:k])
		body = body[k:]
	}
	return s + "0\r\n\r\n"
}
