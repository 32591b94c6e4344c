package app

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// revocation bounds how long what runs outlives the right to it.
const revocation = 5 * time.Second

// TestRevokedUserSeesNothingMore opens a feed, the wall and live events as a
// user, and removes the user: each ends in time.
func TestRevokedUserSeesNothingMore(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	h.addLive("a")
	ann := h.own()
	bob := h.addUser(ann, "bob", "viewer", `{"cameras":["a"]}`)
	open := func(path string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), "GET", h.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(bob[0], bob[1])
		resp, err := h.client.Do(r)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatal(err, resp)
		}
		t.Cleanup(func() { resp.Body.Close() })
		if _, err := bufio.NewReader(resp.Body).ReadString('\n'); err != nil { // it runs
			t.Fatal(err)
		}
		return resp
	}
	feed, events := open("/cameras/a/feed"), open("/api/v1/events/live")
	ws, _, err := websocket.Dial(t.Context(), h.url+wallPath, &websocket.DialOptions{
		HTTPClient: h.client, Subprotocols: []string{"camhub.wall.v1"}, HTTPHeader: http.Header{bob[0]: {bob[1]}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.CloseNow()
	ws.SetReadLimit(1 << 20)

	h.want(http.StatusNoContent, "DELETE", "/api/v1/users/bob", "", ann...)
	ctx, cancel := context.WithTimeout(t.Context(), revocation)
	defer cancel()
	done := make(chan error, 2)
	for _, resp := range []*http.Response{feed, events} {
		go func() {
			_, err := io.Copy(io.Discard, resp.Body)
			done <- err
		}()
	}
	for range 2 {
		select {
		case <-done:
		case <-ctx.Done():
			t.Fatal("a stream goes on")
		}
	}
	for err == nil {
		_, _, err = ws.Read(ctx)
	}
	if websocket.CloseStatus(err) != websocket.StatusPolicyViolation || !strings.Contains(err.Error(), "revoked") {
		t.Errorf("the wall ends with %v", err)
	}
}

// TestWallShowsOnlyWhatIsGranted asks for tiles of a camera that the user may see
// and of one that he may not, which then moves to his group and away again.
func TestWallShowsOnlyWhatIsGranted(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	h.addLive("a")
	h.addLive("b")
	ann := h.own()
	bob := h.addUser(ann, "bob", "viewer", `{"cameras":["a"],"groups":["mine"]}`)
	ws, _, err := websocket.Dial(t.Context(), h.url+wallPath, &websocket.DialOptions{
		HTTPClient: h.client, Subprotocols: []string{"camhub.wall.v1"}, HTTPHeader: http.Header{bob[0]: {bob[1]}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.CloseNow()
	ws.SetReadLimit(1 << 20)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	wish := `{"op":"tiles","tiles":[{"tile":1,"camera":"a","width":64,"fps":10},{"tile":2,"camera":"b","width":64,"fps":10}]}`
	if err := ws.Write(ctx, websocket.MessageText, []byte(wish)); err != nil {
		t.Fatal(err)
	}
	until := func(what string, is func(kind websocket.MessageType, b []byte) bool) {
		t.Helper()
		for {
			kind, b, err := ws.Read(ctx)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			if is(kind, b) {
				return
			}
		}
	}
	foreign := func(kind websocket.MessageType, b []byte) bool {
		return kind == websocket.MessageBinary && b[3] == 2 || strings.Contains(string(b), `"camera":"b"`)
	}
	refused := func(kind websocket.MessageType, b []byte) bool {
		return kind == websocket.MessageText && strings.Contains(string(b), `"tile":2`) && strings.Contains(string(b), "404")
	}
	seen := false
	until("the tile is refused", func(kind websocket.MessageType, b []byte) bool {
		seen = seen || foreign(kind, b)
		return refused(kind, b)
	})
	until("the other is shown", func(kind websocket.MessageType, b []byte) bool {
		seen = seen || foreign(kind, b)
		return kind == websocket.MessageBinary && b[3] == 1
	})
	if seen {
		t.Error("the wall shows something of a camera that is not granted")
	}
	patch := func(group string) {
		h.want(http.StatusOK, "PATCH", "/api/v1/cameras/b", `{"group":"`+group+`"}`, ann...)
	}
	patch("mine")
	until("the camera has come", func(kind websocket.MessageType, b []byte) bool { return kind == websocket.MessageBinary && b[3] == 2 })
	patch("theirs")
	until("the camera has gone", refused)
}

// TestLiveEventsShowOnlyWhatIsGranted follows the changes of two cameras as one
// who may see one of them.
func TestLiveEventsShowOnlyWhatIsGranted(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	h.add("a")
	h.add("b")
	ann := h.own()
	bob := h.addUser(ann, "bob", "viewer", `{"cameras":["a"]}`)
	r, err := http.NewRequestWithContext(t.Context(), "GET", h.url+"/api/v1/events/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(bob[0], bob[1])
	r.Header.Set("Last-Event-ID", "0")
	resp, err := h.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for _, id := range []string{"b", "a"} {
		h.want(http.StatusOK, "PATCH", "/api/v1/cameras/"+id, `{"name":"New name"}`, ann...)
	}
	h.want(http.StatusOK, "PUT", "/api/v1/order", `{"cameras":["b","a"]}`, ann...)
	h.want(http.StatusNoContent, "DELETE", "/api/v1/cameras/b", "", ann...)
	h.want(http.StatusNoContent, "DELETE", "/api/v1/cameras/a", "", ann...)
	var text strings.Builder
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() && !strings.Contains(text.String(), `"type":"removed","camera":"a"`) {
		text.WriteString(lines.Text() + "\n")
	}
	if err := lines.Err(); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for _, secret := range []string{`"b"`, "user_added", `"actor"`, `"ann"`} {
		if strings.Contains(text.String(), secret) {
			t.Errorf("a viewer of another camera is told of %s:\n%s", secret, text.String())
		}
	}
	if !strings.Contains(text.String(), "New name") {
		t.Errorf("and not of his own:\n%s", text.String())
	}
}
