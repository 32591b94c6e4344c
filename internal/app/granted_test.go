package app

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"camhub/internal/export"
)

// grantedHub returns a hub with recordings of the cameras a and b, its owner, and an
// operator who sees a and the cameras of the group mine.
func grantedHub(t *testing.T) (h *testHub, ann, bob []string) {
	t.Helper()
	dir := t.TempDir()
	seedRecordings(t, dir, "a", "b")
	h = startHub(t, readContract(t, true), dir)
	h.addLive("a")
	h.addLive("b")
	ann = h.own()
	return h, ann, h.addUser(ann, "bob", "operator", `{"cameras":["a"],"groups":["mine"]}`)
}

// span returns a range of the recordings, in seconds from their beginning.
func span(from, to int) string {
	at := func(s int) string { return filmed.Add(time.Duration(s) * time.Second).Format(time.RFC3339) }
	return fmt.Sprintf(`"from":%q,"to":%q`, at(from), at(to))
}

// TestRecordingsShowOnlyWhatIsGranted asks for everything about recordings as one who
// may see one of two cameras.
func TestRecordingsShowOnlyWhatIsGranted(t *testing.T) {
	h, _, bob := grantedHub(t)
	all := decode[timelines](t, h.want(http.StatusOK, "GET", "/api/v1/recordings", "", bob...))
	if len(all.Cameras) != 1 || all.Cameras[0].Camera != "a" || all.Pictures != 100 {
		t.Errorf("recordings: %+v", all)
	}
	other := decode[timelines](t, h.want(http.StatusOK, "GET", "/api/v1/recordings?camera=b", "", bob...))
	if other.Pictures != 0 || len(other.Cameras) != 1 || len(other.Cameras[0].Ranges)+len(other.Cameras[0].Gaps) != 0 {
		t.Errorf("recordings of the other camera: %+v", other)
	}
	for path, want := range map[string]string{"": `"cameras":["a"]`, "?camera=b": `"days":[]`} {
		if a := h.want(http.StatusOK, "GET", "/api/v1/recordings/days"+path, "", bob...); !strings.Contains(string(a.body), want) {
			t.Errorf("days%s: %s", path, a.body)
		}
	}
	for path, want := range map[string]string{"": filmed.Format(time.RFC3339), "?camera=a": filmed.Format(time.RFC3339), "?camera=b": ""} {
		got := decode[struct{ Oldest *time.Time }](t, h.want(http.StatusOK, "GET", "/api/v1/recordings/days"+path, "", bob...)).Oldest
		if (got != nil) != (want != "") || got != nil && got.UTC().Format(time.RFC3339) != want {
			t.Errorf("days%s: the oldest is %v, want %q", path, got, want)
		}
	}
	room := decode[storageAnswer](t, h.want(http.StatusOK, "GET", "/api/v1/storage", "", bob...))
	if len(room.Cameras) != 1 || room.Cameras[0].Camera != "a" {
		t.Errorf("storage: %+v", room)
	}
	if a := h.want(http.StatusUnprocessableEntity, "GET", "/api/v1/storage?camera=b&keep_days=1", "", bob...); pointers(t, a) != "/camera" {
		t.Errorf("storage of the other camera: %s", a.body)
	}
	at := filmed.Add(5 * time.Second).Format(time.RFC3339)
	for path, want := range map[string]int{"a/at/" + at + ".jpg": 200, "b/at/" + at + ".jpg": 404, "b/playback?from=" + at: 404} {
		h.want(want, "GET", "/cameras/"+path, "", bob...)
	}
}

// TestPinsAreOfWhatIsGranted pins recordings as one who may see one of two cameras.
func TestPinsAreOfWhatIsGranted(t *testing.T) {
	h, ann, bob := grantedHub(t)
	pin := func(cameras string) string { return `{"cameras":[` + cameras + `],` + span(0, 5) + `}` }
	if a := h.want(http.StatusUnprocessableEntity, "POST", "/api/v1/pins", pin(`"a","b"`), bob...); pointers(t, a) != "/cameras/1" {
		t.Errorf("a pin of both: %s", a.body)
	}
	both := h.want(http.StatusCreated, "POST", "/api/v1/pins", pin(`"a","b"`), ann...).header.Get("Location")
	own := h.want(http.StatusCreated, "POST", "/api/v1/pins", pin(`"a"`), bob...).header.Get("Location")
	list := decode[struct{ Pins []struct{ Cameras []string } }](t, h.want(http.StatusOK, "GET", "/api/v1/pins", "", bob...))
	if len(list.Pins) != 1 || len(list.Pins[0].Cameras) != 1 {
		t.Errorf("pins: %+v", list)
	}
	h.want(http.StatusNotFound, "DELETE", both, "", bob...)
	h.want(http.StatusNoContent, "DELETE", own, "", bob...)
	h.want(http.StatusNoContent, "DELETE", both, "", ann...)
}

// TestExportsAreOfWhatIsGranted exports as one who may see one of two cameras, and
// looks for what somebody else exports.
func TestExportsAreOfWhatIsGranted(t *testing.T) {
	h, ann, bob := grantedHub(t)
	live, err := http.NewRequestWithContext(t.Context(), "GET", h.url+"/api/v1/exports", nil)
	if err != nil {
		t.Fatal(err)
	}
	live.Header.Set(bob[0], bob[1])
	live.Header.Set("Accept", "text/event-stream")
	watching, err := h.client.Do(live)
	if err != nil {
		t.Fatal(err)
	}
	defer watching.Body.Close()
	if a := h.want(http.StatusUnprocessableEntity, "POST", "/api/v1/exports", exportOf("mov", `"a","b"`), bob...); pointers(t, a) != "/cameras/1" {
		t.Errorf("an export of both: %s", a.body)
	}
	both := h.want(http.StatusAccepted, "POST", "/api/v1/exports", exportOf("mov", `"b"`), ann...).header.Get("Location")
	for _, method := range []string{"GET", "DELETE"} {
		h.want(http.StatusNotFound, method, both, "", bob...)
	}
	h.want(http.StatusNotFound, "GET", both+"/file", "", bob...)
	own := h.want(http.StatusAccepted, "POST", "/api/v1/exports", exportOf("mov", `"a"`), bob...).header.Get("Location")
	list := decode[struct{ Exports []export.Job }](t, h.want(http.StatusOK, "GET", "/api/v1/exports", "", bob...))
	if len(list.Exports) != 1 || !strings.HasSuffix(own, list.Exports[0].ID) {
		t.Errorf("exports: %+v", list)
	}
	exportsInEvents(t, h, ann, bob)
	h.want(http.StatusNoContent, "DELETE", both, "", ann...)
	h.want(http.StatusNoContent, "DELETE", own, "", bob...)
	told := ""
	for lines := bufio.NewScanner(watching.Body); lines.Scan() && !strings.HasPrefix(told, "event: removed\ndata: "); {
		if line := lines.Text(); strings.HasPrefix(line, "event: removed") || told != "" {
			told += line + "\n"
		} else if strings.Contains(line, `"b"`) {
			t.Errorf("he is told of %s", line)
		}
	}
	if _, id, _ := strings.Cut(own, "exports/"); !strings.Contains(told, id) {
		t.Errorf("and not that his own is gone: %s", told)
	}
}

// exportsInEvents looks for one export of each camera: the owner reads who made them,
// and another only that his own cameras were exported.
func exportsInEvents(t *testing.T, h *testHub, ann, bob []string) {
	t.Helper()
	read := func(as []string) (said string) {
		page := decode[eventPage](t, h.want(http.StatusOK, "GET", "/api/v1/events?type=exported", "", as...))
		for _, e := range page.Events {
			said += fmt.Sprintf("%s by %q; ", e.Camera, e.Actor)
		}
		return said
	}
	eventually(t, "both exports are told", func() bool { return strings.Count(read(ann), ";") == 2 })
	if said := read(ann); !strings.Contains(said, `a by "bob"`) || !strings.Contains(said, `b by "ann"`) {
		t.Errorf("the owner reads %s", said)
	}
	if said := read(bob); said != `a by ""; ` {
		t.Errorf("the other reads %s", said)
	}
}

// TestLinkShowsItsSpanOnly opens what was recorded by a link for a part of it.
func TestLinkShowsItsSpanOnly(t *testing.T) {
	h, ann, _ := grantedHub(t)
	until := time.Now().Add(time.Hour).Format(time.RFC3339)
	secret := h.secretOf(h.want(http.StatusCreated, "POST", "/api/v1/shares",
		fmt.Sprintf(`{"name":"What happened","camera":"a",%s,"expires_at":%q}`, span(2, 3), until), ann...))
	after := h.secretOf(h.want(http.StatusCreated, "POST", "/api/v1/shares",
		fmt.Sprintf(`{"name":"After it","camera":"a",%s,"expires_at":%q}`, span(12, 13), until), ann...))
	at := func(tenths int) string {
		return filmed.Add(time.Duration(tenths) * time.Second / 10).Format(time.RFC3339Nano)
	}
	for path, want := range map[string]int{
		"a/at/" + at(25) + ".jpg?":                          200,
		"a/at/" + at(35) + ".jpg?":                          401,
		"a/at/" + at(15) + ".jpg?":                          401,
		"b/at/" + at(25) + ".jpg?":                          401,
		"a/playback?from=" + at(20) + "&to=" + at(31) + "&": 401,
		"a/playback?from=" + at(15) + "&to=" + at(25) + "&": 401,
		"a/playback?from=" + at(15) + "&":                   401,
		"a/feed?":                                           401,
		"a/snapshot.jpg?":                                   401,
	} {
		a := h.want(want, "GET", "/cameras/"+path+"share="+secret, "")
		if want == 200 && a.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s may be passed on", path)
		}
	}
	// What is newest in this span is of before it.
	h.want(http.StatusNotFound, "GET", "/cameras/a/at/"+at(125)+".jpg?share="+after, "")
	h.want(http.StatusNotFound, "GET", "/cameras/a/playback?from="+at(125)+"&share="+after, "")
	for speed, from := range map[string]int{"32": 25, "-32": 25} { // without an end, it is that of the link
		resp := h.feed("/cameras/a/playback?from=" + at(from) + "&speed=" + speed + "&fps=60&share=" + secret)
		body, err := io.ReadAll(resp.Body)
		if resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
		for part := range bytes.SplitSeq(body, []byte("X-Timestamp: ")) {
			stamp, _, _ := bytes.Cut(part, []byte("\r"))
			var seconds float64
			if _, err := fmt.Sscan(string(stamp), &seconds); err != nil {
				continue // what is before the first
			}
			if s := seconds - float64(filmed.Unix()); s < 1.999 || s > 3.001 {
				t.Errorf("speed %s shows what was %.1f s in", speed, s)
			}
		}
		if !bytes.Contains(body, []byte("X-Timestamp: ")) {
			t.Errorf("speed %s shows nothing: %.200s", speed, body)
		}
	}
}

// TestWallPlaysOnlyWhatIsGranted asks the wall for recordings of a camera that the
// user may see and of one that he may not, which then moves to his group and away.
func TestWallPlaysOnlyWhatIsGranted(t *testing.T) {
	h, ann, bob := grantedHub(t)
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
	for _, message := range []string{
		`{"op":"pause"}`, fmt.Sprintf(`{"op":"seek","at":%q}`, filmed.Add(5*time.Second).Format(time.RFC3339)),
		`{"op":"tiles","tiles":[{"tile":1,"camera":"a","width":64,"fps":10},{"tile":2,"camera":"b","width":64,"fps":10}]}`,
	} {
		if err := ws.Write(ctx, websocket.MessageText, []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	picture := func(tile byte) func(websocket.MessageType, []byte) bool {
		return func(kind websocket.MessageType, b []byte) bool {
			return kind == websocket.MessageBinary && b[3] == tile
		}
	}
	refused := func(kind websocket.MessageType, b []byte) bool {
		return kind == websocket.MessageText && strings.Contains(string(b), `"tile":2`) && strings.Contains(string(b), "404")
	}
	foreign := false
	until := func(what string, is ...func(websocket.MessageType, []byte) bool) {
		t.Helper()
		for met := make([]bool, len(is)); !allTrue(met); {
			kind, b, err := ws.Read(ctx)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			foreign = foreign || picture(2)(kind, b)
			for i := range is {
				met[i] = met[i] || is[i](kind, b)
			}
		}
	}
	until("one is refused and the other shown", refused, picture(1))
	if foreign {
		t.Error("the wall plays a camera that is not granted")
	}
	patch := func(group string) {
		h.want(http.StatusOK, "PATCH", "/api/v1/cameras/b", `{"group":"`+group+`"}`, ann...)
	}
	patch("mine")
	until("the camera has come", picture(2))
	patch("theirs")
	until("the camera has gone", refused)
}

func allTrue(bs []bool) bool {
	for _, b := range bs {
		if !b {
			return false
		}
	}
	return true
}
