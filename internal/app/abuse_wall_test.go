package app

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// upgraded returns a connection of the wall on which anything can be sent.
func (h *testHub) upgraded(t *testing.T) net.Conn {
	t.Helper()
	c := h.dialFrom(t, "127.0.0.1")
	t.Cleanup(func() { c.Close() })
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: camhub.wall.v1\r\n"+
		"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n", wallPath)
	// What the hub sends is not buffered here: only the head is read.
	resp, err := http.ReadResponse(bufio.NewReaderSize(io.LimitReader(c, 1<<20), 16), nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols || resp.Header.Get("Sec-Websocket-Extensions") != "" {
		t.Fatal(resp, err)
	}
	return c
}

// frame returns a masked WebSocket frame (RFC 6455, section 5.2) that says it has
// size bytes. first is its first byte: FIN, RSV and the opcode.
func frame(first byte, size int, payload string) string {
	head := []byte{first}
	switch {
	case size < 126:
		head = append(head, 0x80|byte(size))
	case size < 1<<16:
		head = binary.BigEndian.AppendUint16(append(head, 0x80|126), uint16(size))
	default:
		head = binary.BigEndian.AppendUint64(append(head, 0x80|127), uint64(size))
	}
	return string(head) + "\x00\x00\x00\x00" + payload // a mask that changes nothing
}

// whole returns a frame that is what it says.
func whole(first byte, payload string) string { return frame(first, len(payload), payload) }

// TestWallRefusesBadFrames sends frames that no client may: each ends the
// connection, without that what they announce is waited for or kept.
func TestWallRefusesBadFrames(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	var wg sync.WaitGroup
	for name, text := range map[string]string{
		"message of 1 GiB":        frame(0x81, 1<<30, strings.Repeat(" ", 100<<10)),
		"message of 2^62 bytes":   frame(0x81, 1<<62, strings.Repeat(" ", 100<<10)),
		"negative length":         "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00" + strings.Repeat(" ", 100<<10),
		"message in 10,000 parts": whole(0x01, "{") + strings.Repeat(whole(0x00, "          "), 10_000),
		"compressed message":      whole(0xc1, "\xaa\x56\x2a\x4a\x2d\x2c\x4d\x2d\x2e\x51\xb2\x52\x50\x4a"),
		"not masked":              "\x81\x02{}",
		"unknown opcode":          whole(0x83, "{}"),
		"unknown control":         whole(0x8b, ""),
		"ping of 126 bytes":       whole(0x89, strings.Repeat("x", 126)),
		"ping in parts":           whole(0x09, "x"),
		"part of nothing":         whole(0x80, "{}"),
		"message in a message":    whole(0x01, "{") + whole(0x81, "{}"),
		"binary message":          whole(0x82, "{}"),
		"no UTF-8":                whole(0x81, "{\"op\":\"\xff\"}"),
		"no JSON":                 whole(0x81, "got"),
		"deep JSON":               whole(0x81, strings.Repeat("[", 60_000)),
		"unknown op":              whole(0x81, `{"op":"rm"}`),
		"op of another kind":      whole(0x81, `{"op":{}}`),
		"no op":                   whole(0x81, `{}`),
	} {
		c := h.upgraded(t)
		wg.Go(func() {
			defer c.Close()
			_, _ = io.WriteString(c, text)
			if b, err := io.ReadAll(c); timedOut(err) {
				t.Errorf("%s: the connection is still open after %.200q", name, b)
			}
		})
	}
	wg.Wait()
	h.want(http.StatusOK, "GET", "/healthz", "")
}

func timedOut(err error) bool {
	ne, ok := err.(net.Error)
	return ok && ne.Timeout()
}

// TestWallBearsFloods sends legal messages as fast as it can and reads nothing: the
// hub stops to read, or goes on, but gathers nothing.
func TestWallBearsFloods(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	h.addLive("a")
	goroutines := runtime.NumGoroutine()
	list := `{"op":"tiles","tiles":[` + strings.TrimSuffix(many(256, `{"tile":%d,"camera":"a","width":64,"fps":60},`), ",") + `]}`
	heap := sampleHeap(t)
	for name, text := range map[string]string{
		"pings":         whole(0x89, strings.Repeat("x", 125)),
		"pongs":         whole(0x8a, ""),
		"empty parts":   whole(0x00, ""),
		"lists":         whole(0x81, list),
		"unknown tiles": whole(0x81, strings.ReplaceAll(list, `"a"`, `"b"`)),
		"credit":        whole(0x81, `{"op":"got","tile":1}`),
		"seeks":         whole(0x81, `{"op":"seek","at":"2026-01-02T03:04:05Z"}`),
	} {
		t.Run(name, func(t *testing.T) {
			c := h.upgraded(t)
			if name == "empty parts" {
				_, _ = io.WriteString(c, whole(0x01, ""))
			}
			_ = c.SetWriteDeadline(time.Now().Add(time.Second))
			sent := 0
			for err := error(nil); err == nil && sent < 32<<20; sent += len(text) {
				_, err = io.WriteString(c, text)
			}
			h.want(http.StatusOK, "GET", "/healthz", "")
			c.Close()
		})
	}
	eventually(t, "all goroutines end", func() bool { return runtime.NumGoroutine() <= goroutines+20 })
	if most := heap.stop(); most > 256<<20 {
		t.Errorf("the heap has grown to %d MiB", most>>20)
	}
}

// TestOneUserLeavesWallsToOthers opens as many walls as it can as one user.
func TestOneUserLeavesWallsToOthers(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	ann := h.own()
	bob := h.addUser(ann, "bob", "viewer", `{"cameras":["a"]}`)
	open := func(who []string) bool {
		ws, resp, err := websocket.Dial(t.Context(), h.url+wallPath, &websocket.DialOptions{
			HTTPClient: h.client, Subprotocols: []string{"camhub.wall.v1"}, HTTPHeader: http.Header{who[0]: {who[1]}},
		})
		if err == nil {
			t.Cleanup(func() { ws.CloseNow() })
			return true
		}
		if resp == nil || resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
			t.Fatal(resp, err)
		}
		resp.Body.Close()
		return false
	}
	opened := 0
	for range 200 {
		if open(bob) {
			opened++
		}
	}
	if opened != 128 {
		t.Errorf("a user has %d walls", opened)
	}
	if !open(ann) {
		t.Error("another user gets none")
	}
}
