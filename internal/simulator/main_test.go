package simulator

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// startServer serves all cameras until the test ends.
func startServer(t *testing.T) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Serve returned %v", err)
			}
		case <-time.After(time.Minute):
			t.Error("Serve goes on")
		}
	})
	return l.Addr().String()
}

// viewer is a connection to a simulator.
type viewer struct {
	net.Conn
	t  *testing.T
	in *bufio.Reader
}

func dial(t *testing.T, addr string) *viewer {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	return &viewer{conn, t, bufio.NewReader(conn)}
}

// ask sends a request for a target with more header lines.
func (v *viewer) ask(target string, header ...string) {
	v.t.Helper()
	request := "GET " + target + " HTTP/1.1\r\nHost: " + v.RemoteAddr().String() + "\r\n"
	for _, h := range header {
		request += h + "\r\n"
	}
	if _, err := io.WriteString(v, request+"\r\n"); err != nil {
		v.t.Fatal(err)
	}
}

// until reads up to and with a text.
func (v *viewer) until(text string) string {
	v.t.Helper()
	var b []byte
	for !bytes.HasSuffix(b, []byte(text)) {
		c, err := v.in.ReadByte()
		if err != nil {
			v.t.Fatalf("%v before %q came, after %.400q", err, text, b)
		}
		b = append(b, c)
	}
	return string(b)
}

// answer reads a well-formed answer.
func (v *viewer) answer() (resp *http.Response, body string) {
	v.t.Helper()
	resp, err := http.ReadResponse(v.in, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return resp, string(b)
}

// fetchCounts returns what a camera has seen.
func fetchCounts(t *testing.T, addr, name string) counts {
	t.Helper()
	v := dial(t, addr)
	v.ask("/fixtures.json", "Connection: close")
	_, body := v.answer()
	var list struct {
		Fixtures []struct {
			Name string
			counts
		}
	}
	if err := json.NewDecoder(strings.NewReader(body)).Decode(&list); err != nil {
		t.Fatal(err)
	}
	for _, f := range list.Fixtures {
		if f.Name == name {
			return f.counts
		}
	}
	t.Fatalf("%s is not listed", name)
	return counts{}
}
