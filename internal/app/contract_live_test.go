package app

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/hub"
)

// watcher is a client of the live messages. It checks each one.
type watcher struct {
	h      *testHub
	body   *bufio.Reader
	close  func()
	schema string // the place of the schemas of the messages
}

// message is one server-sent event.
type message struct {
	name, id string
	data     []byte
}

// watch connects, with a Last-Event-ID if it is not "".
func (h *testHub) watch(last string) *watcher {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	r, err := http.NewRequestWithContext(ctx, "GET", h.url+"/api/v1/events/live", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	resp, err := h.client.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	h.contract.check(h.t, resp, nil)
	if resp.StatusCode != http.StatusOK {
		h.t.Fatalf("status %d", resp.StatusCode)
	}
	closing := func() {
		cancel()
		resp.Body.Close()
	}
	h.t.Cleanup(closing)
	return &watcher{
		h: h, body: bufio.NewReader(resp.Body), close: closing,
		schema: "#/paths/~1api~1v1~1events~1live/get/responses/200/content/text~1event-stream/x-messages/",
	}
}

// read returns the next message, or io.EOF.
func (w *watcher) read() (message, error) {
	var m message
	for {
		line, err := w.body.ReadString('\n')
		if err != nil {
			return m, err
		}
		line = strings.TrimSuffix(line, "\n")
		field, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "" && m.data != nil:
			return m, nil
		case field == "event":
			m.name = value
		case field == "id":
			m.id = value
		case field == "data":
			m.data = []byte(value)
		case line != "" && !strings.HasPrefix(line, ":"):
			return m, fmt.Errorf("line %q", line)
		}
	}
}

// next is read, and checks what it returns.
func (w *watcher) next() message {
	w.h.t.Helper()
	m, err := w.read()
	if err != nil {
		w.h.t.Fatalf("after %q: %v", m.data, err)
	}
	if err := w.h.contract.validateJSON(w.schema+m.name, m.data); err != nil {
		w.h.t.Errorf("message %s: %v\n%s", m.name, err, m.data)
	}
	if (m.id != "") != (m.name == "event") {
		w.h.t.Errorf("message %s has the id %q", m.name, m.id)
	}
	w.h.grep("the message "+m.name, string(m.data))
	return m
}

// until returns the next message of that name, and drops others.
func (w *watcher) until(name string) message {
	w.h.t.Helper()
	for {
		if m := w.next(); m.name == name {
			return m
		}
	}
}

// untilEvent returns when an event of that type came.
func (w *watcher) untilEvent(kind event.Type) event.Event {
	w.h.t.Helper()
	for {
		if e := read[event.Event](w.h.t, w.until("event")); e.Type == kind {
			return e
		}
	}
}

// read decodes the data of a message.
func read[T any](t *testing.T, m message) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(m.data, &v); err != nil {
		t.Fatalf("%v: %s", err, m.data)
	}
	return v
}

func liveMessages(t *testing.T, h *testHub) {
	h.add("a")
	w := h.watch("")
	first := w.next()
	if list := read[struct{ Cameras []cameraAnswer }](t, first).Cameras; first.name != "cameras" || len(list) != 1 || list[0].ID != "a" {
		t.Errorf("the first message is %s %s", first.name, first.data)
	}
	h.addLive("b")
	if c := read[cameraAnswer](t, w.until("camera")); c.ID != "b" || c.Name != "Camera b" {
		t.Errorf("added: %+v", c)
	}
	if e := w.untilEvent(event.Added); e.Camera != "b" {
		t.Errorf("the first event is of %s: what is old is told to nobody who is new", e.Camera)
	}
	if e := w.untilEvent(event.Online); e.Camera != "b" {
		t.Errorf("online: %+v", e)
	}
	h.want(http.StatusOK, "PUT", "/api/v1/order", `{"cameras":["b","a"]}`)
	if o := read[struct{ Cameras []camera.ID }](t, w.until("order")).Cameras; len(o) != 2 || o[0] != "b" {
		t.Errorf("order: %v", o)
	}
	h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", `{"name":"New"}`)
	if c := read[cameraAnswer](t, w.until("camera")); c.ID != "a" || c.Name != "New" {
		t.Errorf("changed: %+v", c)
	}
	if e := w.untilEvent(event.Changed); e.Camera != "a" || e.Name != "New" {
		t.Errorf("changed: %+v", e)
	}
	h.want(http.StatusAccepted, "POST", "/api/v1/cameras/b/restart", "")
	for {
		s := read[struct {
			Camera camera.ID
			Status hub.Status
		}](t, w.until("status"))
		if s.Camera == "b" && s.Status.State == hub.Live {
			break
		}
	}
	h.want(http.StatusNoContent, "DELETE", "/api/v1/cameras/b", "")
	if gone := read[struct{ ID camera.ID }](t, w.until("removed")); gone.ID != "b" {
		t.Errorf("removed: %+v", gone)
	}
	if e := w.untilEvent(event.Removed); e.Camera != "b" || e.Name != "Camera b" {
		t.Errorf("removed: %+v", e)
	}
	h.want(http.StatusOK, "HEAD", "/api/v1/events/live", "")
	h.want(http.StatusBadRequest, "GET", "/api/v1/events/live", "", "Last-Event-ID", "x")
	h.stop()
	for {
		if _, err := w.read(); err == io.EOF {
			return // at the end of a message, with the program
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// resuming changes a camera while a client comes and goes, and expects every
// event once and in order.
func resuming(t *testing.T, h *testHub) {
	const changes = 60
	h.add("a")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range changes {
			h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", fmt.Sprintf(`{"name":"Name %d"}`, i+1))
		}
	}()
	defer func() { <-done }()
	last, reconnects := uint64(0), 0
	for name := ""; name != fmt.Sprint("Name ", changes); reconnects++ {
		w := h.watch(fmt.Sprint(last))
		if first := w.next(); first.name != "cameras" {
			t.Errorf("the first message is %s", first.name)
		}
		for range 1 + reconnects%5 {
			m := w.until("event")
			e := read[event.Event](t, m)
			if e.ID != last+1 || m.id != fmt.Sprint(e.ID) {
				t.Fatalf("event %d with the id %s follows %d", e.ID, m.id, last)
			}
			last, name = e.ID, e.Name
			if name == fmt.Sprint("Name ", changes) {
				break
			}
		}
		w.close()
	}
	<-done
	if last != changes+1 || reconnects < 10 {
		t.Errorf("%d events over %d connections", last, reconnects)
	}
	h.add("b") // one who knows of more than there is gets what comes
	w := h.watch("9999")
	h.add("c")
	if e := w.untilEvent(event.Added); e.Camera != "c" {
		t.Errorf("got %+v", e)
	}
}
