package upstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"camhub/internal/source"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// body is what the cameras of the tests have.
const body = "--frame\r\n\r\nnot really a picture\r\n"

// counter counts the connections of a camera that are open at once.
type counter struct {
	mu         sync.Mutex // guards what follows
	open, most int
}

func (c *counter) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open += n
	c.most = max(c.most, c.open)
}

// counted is a connection that a counter counts.
type counted struct {
	net.Conn
	once    sync.Once
	counter *counter
}

func (c *counted) Close() error {
	c.once.Do(func() { c.counter.add(-1) })
	return c.Conn.Close()
}

// newCamera returns a camera of options that must be valid. The test fails
// when it has two connections at once, or one that is never closed.
func newCamera(t testing.TB, o Options) *Camera {
	t.Helper()
	d := Defaults()
	d.URL, d.Username, d.Password, d.Headers, d.TLSInsecure = o.URL, o.Username, o.Password, o.Headers, o.TLSInsecure
	if errs := d.Check("", nil); errs.ErrorOrNil() != nil {
		t.Fatal(errs)
	}
	cam, n, dial := New(d), new(counter), (&net.Dialer{}).DialContext
	cam.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		n.add(1)
		return &counted{Conn: conn, counter: n}, nil
	}
	t.Cleanup(func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.most > 1 || n.open > 0 {
			t.Errorf("%d connections at once, %d left open", n.most, n.open)
		}
	})
	return cam
}

// get makes one request with a client of its own and returns the whole body.
func get(t testing.TB, cam *Camera, req Request) (text string, tr Trace, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := cam.Client(nil)
	defer c.Close()
	a, err := c.Get(ctx, req)
	if err == nil {
		var b []byte
		b, err = io.ReadAll(a.Body)
		text = string(b)
		a.Body.Close()
	}
	if ctx.Err() != nil {
		t.Fatal("no end in 20 s")
	}
	return text, c.Trace(), err
}

// fetch is get for a camera that is used once.
func fetch(t testing.TB, o Options) (string, error) {
	t.Helper()
	text, _, err := get(t, newCamera(t, o), Request{})
	return text, err
}

// code returns the code of a source.Error, and checks its sentence.
func code(t testing.TB, err error) string {
	t.Helper()
	e, ok := errors.AsType[*source.Error](err)
	if !ok {
		t.Fatalf("%v is not a *source.Error", err)
	}
	if !strings.HasSuffix(e.Message, ".") || strings.Contains(e.Message, "secret") || strings.Contains(fmt.Sprint(e.Err), "secret") {
		t.Errorf("message %q, cause %v", e.Message, e.Err)
	}
	return e.Code
}
