package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"

	"camhub/internal/hub"
)

const wallPath = "/api/v1/wall"

// openWall opens a connection of the wall, or returns the answer that refuses it.
func (h *testHub) openWall() (*websocket.Conn, *http.Response) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	ws, resp, err := websocket.Dial(ctx, h.url+wallPath, &websocket.DialOptions{
		HTTPClient: h.client, Subprotocols: []string{"camhub.wall.v1"},
	})
	if resp == nil {
		h.t.Fatal(err)
	}
	if err == nil {
		ws.SetReadLimit(1 << 20)
		h.t.Cleanup(func() { ws.CloseNow() })
	}
	return ws, resp
}

// wallMessage reads a message of the wall and checks a text against the contract.
func (h *testHub) wallMessage(ws *websocket.Conn) (op string, b []byte, err error) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	kind, b, err := ws.Read(ctx)
	if err != nil || kind == websocket.MessageBinary {
		return "picture", b, err
	}
	var m struct{ Op string }
	if err := json.Unmarshal(b, &m); err != nil {
		h.t.Fatalf("%v: %s", err, b)
	}
	const schema = "#/paths/~1api~1v1~1wall/get/responses/101/x-messages/"
	if err := h.contract.validateJSON(schema+m.Op, b); err != nil {
		h.t.Errorf("message %s: %v\n%s", m.Op, err, b)
	}
	h.grep("the message "+m.Op, string(b))
	return m.Op, b, nil
}

// untilWall returns the next message of the wall with that op.
func (h *testHub) untilWall(ws *websocket.Conn, want string) []byte {
	h.t.Helper()
	for {
		op, b, err := h.wallMessage(ws)
		if err != nil {
			h.t.Fatalf("waiting for %s: %v", want, err)
		}
		if op == want {
			return b
		}
	}
}

func wall(t *testing.T, h *testHub) {
	h.addLive("a")
	ws, resp := h.openWall()
	h.contract.check(t, resp, nil)
	text := `{"op":"tiles","tiles":[{"tile":3,"camera":"a","width":64,"fps":60},{"tile":4,"camera":"b","width":64,"fps":10}]}`
	if err := ws.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
		t.Fatal(err)
	}
	h.untilWall(ws, "error")
	for range 5 {
		b := h.untilWall(ws, "picture")
		if size, err := jpeg.DecodeConfig(bytes.NewReader(b[24:])); err != nil || size.Width != 64 || b[3] != 3 {
			t.Errorf("%+v, %v, head % x", size, err, b[:24])
		}
		got := fmt.Sprintf(`{"op":"got","tile":3,"seq":%d}`, int(b[4])<<24|int(b[5])<<16|int(b[6])<<8|int(b[7]))
		if err := ws.Write(t.Context(), websocket.MessageText, []byte(got)); err != nil {
			t.Fatal(err)
		}
	}
	h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", `{"enabled":false}`)
	for {
		var m struct{ Status hub.Status }
		if err := json.Unmarshal(h.untilWall(ws, "status"), &m); err != nil {
			t.Fatal(err)
		}
		if m.Status.State == hub.Disabled {
			break
		}
	}
	h.addLive("b")
	h.untilWall(ws, "picture")
	h.want(http.StatusNoContent, "DELETE", "/api/v1/cameras/b", "")
	h.untilWall(ws, "error")

	h.want(http.StatusBadRequest, "GET", wallPath, "")
	h.want(http.StatusBadRequest, "HEAD", wallPath, "")
	h.want(http.StatusForbidden, "GET", wallPath, "", "Connection", "Upgrade", "Upgrade", "websocket", "Origin", "http://evil.example",
		"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol", "camhub.wall.v1")
	for n := 2; ; n++ {
		_, resp := h.openWall()
		if resp.StatusCode == http.StatusServiceUnavailable {
			h.want(http.StatusServiceUnavailable, "GET", wallPath, "", "Connection", "Upgrade", "Upgrade", "websocket",
				"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol", "camhub.wall.v1")
			break
		}
		if n > 1000 {
			t.Fatalf("%d connections are open", n)
		}
	}
	h.stop()
	for {
		if _, _, err := h.wallMessage(ws); err != nil {
			if code := websocket.CloseStatus(err); code != websocket.StatusGoingAway {
				t.Errorf("the end is %v", err)
			}
			return
		}
	}
}

// wallPlays plays what is recorded over the wall socket.
func wallPlays(t *testing.T, h *testHub) {
	h.addRecorded("a", 10)
	from := h.recordings("?camera=a").Cameras[0].Ranges[0].From
	ws, resp := h.openWall()
	h.contract.check(t, resp, nil)
	send := func(text string) {
		t.Helper()
		if err := ws.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	send(`{"op":"tiles","tiles":[{"tile":3,"camera":"a","width":64,"fps":60}]}`)
	send(`{"op":"play","at":"` + from.Add(time.Second/4).Format(time.RFC3339Nano) + `"}`)
	h.untilWall(ws, "clock")
	send(`{"op":"pause"}`)
	h.untilWall(ws, "clock")
	send(`{"op":"seek","at":"` + from.Add(-time.Hour).Format(time.RFC3339Nano) + `"}`)
	h.untilWall(ws, "gap")
	send(`{"op":"seek","at":"never"}`)
	h.untilWall(ws, "error")
	send(`{"op":"live"}`)
	for {
		var m struct{ Live bool }
		if err := json.Unmarshal(h.untilWall(ws, "clock"), &m); err != nil {
			t.Fatal(err)
		}
		if m.Live {
			return
		}
	}
}
