package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"camhub/internal/fault"
	"camhub/internal/route"
)

func init() { time.Local = time.FixedZone("UTC+3", 3*60*60) } // so that an instant in local time is seen

// patience bounds every wait of these tests. None of them comes near it.
const patience = time.Minute

// testHub is the whole program on a free port of the loopback address, whose
// answers are all checked.
type testHub struct {
	t        *testing.T
	contract *contract
	url      string
	dir      string // its data folder
	client   *http.Client
	log      syncBuffer
	out      syncBuffer // what it printed after its first line
	secrets  []string   // must not be in any answer, nor in the log
	stop     func()     // ends the program and waits for it
}

// syncBuffer is a bytes.Buffer that is safe for concurrent use.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// startHub runs the program over the data in dir until the test ends.
func startHub(t *testing.T, c *contract, dir string) *testHub {
	t.Helper()
	return startHubWith(t, c, Config{Listen: "127.0.0.1:0", DataDir: dir})
}

// startHubWith is startHub with what a user decides.
func startHubWith(t *testing.T, c *contract, cfg Config) *testHub {
	t.Helper()
	h := &testHub{t: t, contract: c, dir: cfg.DataDir, client: newClient()}
	ctx, cancel := context.WithCancel(context.Background())
	out, stdout := io.Pipe()
	done := make(chan error, 1)
	go func() {
		cfg.Version = "test"
		cfg.Log = slog.New(slog.NewTextHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		err := Serve(ctx, cfg, stdout)
		stdout.CloseWithError(err)
		done <- err
	}()
	h.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("the program ended with %v", err)
			}
		case <-time.After(patience):
			t.Fatal("the program does not stop")
		}
	})
	t.Cleanup(func() {
		h.client.CloseIdleConnections()
		h.stop()
		h.grep("the log", h.log.String())
		h.grepFiles()
		goleak.VerifyNone(t)
	})
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(&h.out, lines) // ends with the program
	h.url = strings.TrimSpace(strings.TrimPrefix(line, "camhub is at "))
	return h
}

func newClient() *http.Client {
	return &http.Client{Timeout: patience, Transport: &http.Transport{DisableCompression: true}}
}

// grep fails when a secret is in text.
func (h *testHub) grep(what, text string) {
	h.t.Helper()
	for _, secret := range h.secrets {
		if strings.Contains(text, secret) {
			h.t.Errorf("%s shows the secret %q: %.500s", what, secret, text)
		}
	}
}

// grepFiles looks for secrets in the files of a hub that has stopped.
func (h *testHub) grepFiles() {
	h.t.Helper()
	if len(h.secrets) == 0 {
		return
	}
	err := filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		h.grep("the file "+d.Name(), string(b))
		return err
	})
	if err != nil {
		h.t.Error(err)
	}
}

// answer is what the hub answered.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do sends a request and checks the answer against the contract. body may be
// "" for none; header holds names and values in turn.
func (h *testHub) do(method, path, body string, header ...string) answer {
	h.t.Helper()
	r, err := http.NewRequest(method, h.url+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := h.client.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	var b []byte
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "multipart/x-mixed-replace") { // which has no end
		if b, err = io.ReadAll(resp.Body); err != nil {
			h.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	h.contract.check(h.t, resp, b)
	h.grep("the body of "+method+" "+path, string(b))
	for name, values := range resp.Header {
		h.grep("the header "+name, strings.Join(values, "\n"))
	}
	return answer{resp.StatusCode, resp.Header, b}
}

// want is do, and fails unless the answer has the status.
func (h *testHub) want(status int, method, path, body string, header ...string) answer {
	h.t.Helper()
	a := h.do(method, path, body, header...)
	if a.status != status {
		h.t.Errorf("%s %s %.200s: got %d, want %d: %.500s", method, path, body, a.status, status, a.body)
	}
	return a
}

// decode reads the body into a value of type T.
func decode[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v: %.500s", err, a.body)
	}
	return v
}

// eventually waits until ok is true.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it does not happen that %s", what)
		}
	}
}

// startBroken runs the handler of the program over a database that is closed.
func startBroken(t *testing.T, c *contract) *testHub {
	t.Helper()
	h := &testHub{t: t, contract: c, client: newClient()}
	rs, users, db := table(t)
	srv := httptest.NewServer(route.New(rs, users.Guard, slog.New(slog.NewTextHandler(&h.log, nil))))
	t.Cleanup(func() {
		h.client.CloseIdleConnections()
		srv.Close()
	})
	h.url = srv.URL
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return h
}

// pointers returns where the faults of a problem are, in order and once each.
func pointers(t *testing.T, a answer) string {
	t.Helper()
	var ps []string
	for _, f := range decode[struct{ Errors []fault.Field }](t, a).Errors {
		ps = append(ps, f.Pointer)
	}
	slices.Sort(ps)
	return strings.Join(slices.Compact(ps), " ")
}
