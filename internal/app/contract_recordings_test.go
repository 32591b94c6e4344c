package app

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"camhub/internal/event"
	"camhub/internal/hub"
	"camhub/internal/record/mov"
	"camhub/internal/retention"
)

// timelines is GET /api/v1/recordings as a client reads it.
type timelines struct {
	From, To time.Time
	MinGap   string `json:"min_gap"`
	Pictures int
	Cameras  []struct {
		Camera string
		Ranges []struct {
			From, To time.Time
			Pictures int
		}
		Gaps []struct {
			From, To time.Time
			Reason   event.Reason
		}
	}
}

func (h *testHub) recordings(query string) timelines {
	h.t.Helper()
	return decode[timelines](h.t, h.want(http.StatusOK, "GET", "/api/v1/recordings"+query, ""))
}

// addRecorded adds a small camera that is recorded, and waits until it has pictures.
func (h *testHub) addRecorded(id string, pictures int) {
	h.t.Helper()
	h.want(http.StatusOK, "PATCH", "/api/v1/settings", `{"recordings":{"min_free_bytes":0}}`) // any disk has room
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"`+id+`","name":"Camera `+id+`","record":{"mode":"always"},
		"source":{"kind":"emulated","width":64,"height":48,"fps":20}}`)
	h.awaitRecorded(id, pictures)
}

func (h *testHub) awaitRecorded(id string, pictures int) {
	h.t.Helper()
	eventually(h.t, "enough is recorded", func() bool { return h.recordings("?camera="+id).Pictures >= pictures })
}

// recorded looks at a camera that is recorded, switched off, and removed.
func recorded(t *testing.T, h *testHub) {
	h.add("silent")
	if h.camera("silent").Status.Recording != nil {
		t.Error("a camera that is not recorded has a recording")
	}
	h.addRecorded("a", 10)
	st := h.camera("a").Status
	if r := st.Recording; r == nil || r.State != "recording" || r.Reason != nil || r.Pictures == 0 || r.Lost != 0 {
		t.Errorf("recording: %+v", r)
	}
	if st.Viewers != 0 {
		t.Errorf("the recorder counts as %d viewers", st.Viewers)
	}
	figures := string(h.want(http.StatusOK, "GET", "/metrics", "").body)
	if !strings.Contains(figures, `camhub_camera_recording_failing{camera="a"} 0`) || strings.Contains(figures, `recording_failing{camera="silent"}`) {
		t.Errorf("metrics: %s", figures)
	}
	l := h.recordings("")
	if len(l.Cameras) != 1 || l.Cameras[0].Camera != "a" || len(l.Cameras[0].Ranges) != 1 || len(l.Cameras[0].Gaps) != 0 || l.MinGap != "4.32s" {
		t.Errorf("recordings: %+v", l)
	}
	h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", `{"record":{"mode":"off"}}`)
	eventually(t, "it is not recorded any more", func() bool { return h.camera("a").Status.Recording == nil })
	eventually(t, "the gap says so", func() bool {
		gaps := h.recordings("?camera=a&min_gap=10ms").Cameras[0].Gaps
		return len(gaps) == 1 && gaps[0].Reason.Code == "off"
	})
	late := h.want(http.StatusNotFound, "GET", "/cameras/a/at/"+time.Now().UTC().Format(time.RFC3339Nano)+".jpg?max_age=0", "")
	if !strings.Contains(string(late.body), "recording was switched off") {
		t.Errorf("in a gap: %s", late.body)
	}
	// What was recorded outlives the camera.
	h.want(http.StatusNoContent, "DELETE", "/api/v1/cameras/a", "")
	at := l.Cameras[0].Ranges[0].From.Add(200 * time.Millisecond)
	h.want(http.StatusOK, "GET", "/cameras/a/at/"+at.Format(time.RFC3339Nano)+".jpg", "")
	days := decode[struct {
		Days []struct {
			Day     string
			Cameras []string
		}
	}](t, h.want(http.StatusOK, "GET", "/api/v1/recordings/days?zone=Asia/Tokyo", ""))
	tokyo := time.FixedZone("", 9*60*60)
	if len(days.Days) == 0 || days.Days[0].Day != l.Cameras[0].Ranges[0].From.In(tokyo).Format(time.DateOnly) || !slices.Equal(days.Days[0].Cameras, []string{"a"}) {
		t.Errorf("days: %+v", days)
	}
	h.want(http.StatusOK, "GET", "/api/v1/recordings/days?camera=a", "")
	var storage storageAnswer
	eventually(t, "its recordings are those of a removed camera", func() bool {
		storage = decode[storageAnswer](t, h.want(http.StatusOK, "GET", "/api/v1/storage", ""))
		return len(storage.Cameras) == 1 && storage.Cameras[0].Removed
	})
	if storage.Used == 0 || storage.Cameras[0].Used != storage.Used {
		t.Errorf("storage: %+v", storage)
	}
}

// storageAnswer is GET /api/v1/storage as a client reads it.
type storageAnswer struct {
	Used, Pinned, Budget, Free int64
	BytesPerDay                int64 `json:"bytes_per_day"`
	Days                       *float64
	Warnings                   []struct{ Code, Camera, Message string }
	Cameras                    []struct {
		Camera  string
		Removed bool
		Used    int64
		Holds   bool
	}
}

// recordedPictures looks at single pictures of a recording, and plays it.
func recordedPictures(t *testing.T, h *testHub) {
	h.addRecorded("a", 15)
	l := h.recordings("?camera=a&camera=a").Cameras[0].Ranges[0]
	at := l.From.Add(l.To.Sub(l.From) / 2)
	exact := h.want(http.StatusOK, "GET", "/cameras/a/at/"+at.Format(time.RFC3339Nano)+".jpg", "")
	if _, err := jpeg.Decode(bytes.NewReader(exact.body)); err != nil {
		t.Error(err)
	}
	stamp := exact.header.Get("X-Timestamp")
	seconds, err := strconv.ParseFloat(stamp, 64)
	const tick = 1.0 / mov.Timescale // which times of recordings are rounded to
	if age := float64(at.UnixMicro())/1e6 - seconds; err != nil || age < -tick || age > 5 {
		t.Errorf("the picture of %v has the time %s", at, stamp)
	}
	zone := at.In(time.FixedZone("", -5*60*60)).Format(time.RFC3339Nano)
	for _, same := range []string{stamp, zone} { // the time of a picture finds that picture
		if a := h.want(http.StatusOK, "GET", "/cameras/a/at/"+same+".jpg", ""); !bytes.Equal(a.body, exact.body) {
			t.Errorf("at %s is another picture, of %s", same, a.header.Get("X-Timestamp"))
		}
	}
	h.want(http.StatusOK, "HEAD", "/cameras/a/at/"+stamp+".jpg", "")
	small := h.want(http.StatusOK, "GET", "/cameras/a/at/"+stamp+".jpg?width=16", "")
	if size, err := jpeg.DecodeConfig(bytes.NewReader(small.body)); err != nil || size.Width != 16 {
		t.Errorf("width=16: %+v, %v", size, err)
	}
	h.playTwice(t, l.From, stamp)
	h.want(http.StatusOK, "HEAD", "/cameras/a/playback?from="+stamp, "")
	for _, path := range []string{
		"/cameras/a/at/2020-01-01T00:00:00Z.jpg", "/cameras/a/at/9999-12-31T23:59:59Z.jpg", "/cameras/a/at/0.jpg",
		"/cameras/nobody/at/" + stamp + ".jpg", "/cameras/A/at/" + stamp + ".jpg", "/cameras/..%2fa/at/" + stamp + ".jpg",
		"/cameras/a/playback?from=9999-01-01T00:00:00Z", "/cameras/nobody/playback?from=" + stamp,
		"/cameras/a/playback?from=2020-01-01T00:00:00Z&speed=-1",
	} {
		h.want(http.StatusNotFound, "GET", path, "")
	}
}

// playTwice plays the recording forwards and backwards.
func (h *testHub) playTwice(t *testing.T, from time.Time, stamp string) {
	for _, query := range []string{
		"from=" + url.QueryEscape(from.Format(time.RFC3339Nano)) + "&to=" + stamp + "&speed=8&fps=60",
		"from=" + stamp + "&speed=-8&width=16&advance=0",
	} {
		resp := h.feed("/cameras/a/playback?" + query)
		if resp.ContentLength != -1 || len(resp.TransferEncoding) != 0 || !resp.Close {
			t.Errorf("%s: length %d, encoding %v, close %v", query, resp.ContentLength, resp.TransferEncoding, resp.Close)
		}
		var times []float64
		for parts := multipart.NewReader(resp.Body, "frame"); ; {
			p, err := parts.NextPart()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", query, err)
			}
			if len(p.Header) == 0 { // what was opened ahead when the end came
				continue
			}
			if b, err := io.ReadAll(p); err != nil || fmt.Sprint(len(b)) != p.Header.Get("Content-Length") {
				t.Fatalf("%s: %d bytes, %v, header %v", query, len(b), err, p.Header)
			}
			seconds, _ := strconv.ParseFloat(p.Header.Get("X-Timestamp"), 64)
			times = append(times, seconds)
		}
		resp.Body.Close()
		backwards := strings.Contains(query, "speed=-")
		if backwards {
			slices.Reverse(times)
		}
		if len(times) < 2 || !slices.IsSorted(times) || times[0] == times[len(times)-1] {
			t.Errorf("%s: the times are %v", query, times)
		}
		if end, _ := strconv.ParseFloat(stamp, 64); times[len(times)-1] != end {
			t.Errorf("%s: %v, want %v at the end that lies later", query, times[len(times)-1], end)
		}
	}
}

// wrongRecordingParameters asks for what can't be.
func wrongRecordingParameters(t *testing.T, h *testHub) {
	h.addRecorded("a", 2)
	for _, c := range []struct{ path, pointer string }{
		{"/api/v1/recordings?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "/to"},
		{"/api/v1/recordings?from=2026-01-01T00:00:00Z&to=2026-01-01T01:00:00%2B01:00", "/to"},
		{"/api/v1/recordings?from=0001-01-01T00:00:00Z", "/to"},
		{"/api/v1/recordings?to=9999-12-31T23:59:59-01:00", "/to"},
		{"/api/v1/recordings?from=yesterday&min_gap=-1s", "/from /min_gap"},
		{"/api/v1/recordings?min_gap=NaN", "/min_gap"},
		{"/api/v1/recordings?camera=../a&camrea=a", "/camera /camrea"},
		{"/api/v1/recordings?camera=a" + strings.Repeat("&camera=", 3), "/camera"},
		{"/api/v1/recordings/days?zone=../../etc/passwd", "/zone"},
		{"/api/v1/recordings/days?from=2026-01-01&to=2026-12-31", "/to"},
		{"/api/v1/recordings/days?from=2026-02-30&to=x", "/from /to"},
		{"/api/v1/recordings/days?from=2026-01-02&to=2026-01-01", "/to"},
		{"/api/v1/storage?keep_days=1", "/camera"},
		{"/api/v1/storage?camera=a&keep_days=0&keep_bytes=1.5", "/keep_bytes /keep_days"},
		{"/api/v1/storage?camera=a&camera=b", "/camera"},
		{"/cameras/a/at/now.jpg", "/time"},
		{"/cameras/a/at/NaN.jpg", "/time"},
		{"/cameras/a/at/1e300.jpg", "/time"},
		{"/cameras/a/at/-1.jpg", "/time"},
		{"/cameras/a/at/1.jpg?width=1", "/width"},
		{"/cameras/a/at/1.jpg?max_age=-1s", "/max_age"},
		{"/cameras/a/playback", "/from"},
		{"/cameras/a/playback?from=1&speed=0", "/speed"},
		{"/cameras/a/playback?from=1&speed=NaN", "/speed"},
		{"/cameras/a/playback?from=1&speed=1e9", "/speed"},
		{"/cameras/a/playback?from=1&speed=-Inf&fps=0&width=x", "/fps /speed /width"},
		{"/cameras/a/playback?from=2&to=1", "/to"},
		{"/cameras/a/playback?from=1&to=2&speed=-1", "/to"},
		{"/cameras/a/playback?from=1&advance=2", "/advance"},
	} {
		if got := pointers(t, h.want(http.StatusUnprocessableEntity, "GET", c.path, "")); got != c.pointer {
			t.Errorf("%s: faults at %q, want %q", c.path, got, c.pointer)
		}
	}
	a := h.want(http.StatusUnprocessableEntity, "DELETE", "/api/v1/recordings", "")
	if got := pointers(t, a); got != "/camera /from /to" {
		t.Errorf("deleting all by mistake: %s", got)
	}
	far := h.recordings("?from=2020-01-01T00:00:00%2B14:00&to=2029-12-01T00:00:00Z")
	if len(far.Cameras) != 1 || len(far.Cameras[0].Ranges) != 1 || far.MinGap == "4.32s" {
		t.Errorf("ten years: %+v", far)
	}
}

// playbacksAtOnce opens as many playbacks as there may be, and one more.
func playbacksAtOnce(t *testing.T, h *testHub) {
	h.addRecorded("a", 40)
	from := h.recordings("?camera=a").Cameras[0].Ranges[0].From.Add(time.Millisecond).Format(time.RFC3339Nano)
	path := "/cameras/a/playback?speed=0.125&from=" + from
	for range 32 {
		defer h.feed(path).Body.Close()
	}
	a := h.want(http.StatusTooManyRequests, "GET", path, "")
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	h.stop() // ends them all, and takes no longer than a moment
}

// keeping changes what is kept of recordings.
func keeping(t *testing.T, h *testHub) {
	type settings struct {
		Recordings retention.Settings
		Warnings   []struct{ Code, Message string }
	}
	before := decode[settings](t, h.want(http.StatusOK, "GET", "/api/v1/settings", ""))
	if before.Recordings.KeepBytes != nil || before.Recordings.MinFreeBytes != 1<<30 {
		t.Errorf("of a new hub: %+v", before)
	}
	patch := `{"recordings":{"keep_bytes":5000000000000000,"min_free_bytes":1000000}}`
	dry := decode[settings](t, h.want(http.StatusOK, "PATCH", "/api/v1/settings?dry_run=1", patch))
	if len(dry.Warnings) != 1 || dry.Warnings[0].Code != "keep_bytes" || *dry.Recordings.KeepBytes != 5e15 {
		t.Errorf("dry run: %+v", dry)
	}
	if after := decode[settings](t, h.want(http.StatusOK, "GET", "/api/v1/settings", "")); after.Recordings.KeepBytes != nil {
		t.Errorf("a dry run was stored: %+v", after)
	}
	h.want(http.StatusOK, "PATCH", "/api/v1/settings?dry_run=0", patch)
	after := decode[settings](t, h.want(http.StatusOK, "PATCH", "/api/v1/settings", `{"recordings":{"min_free_bytes":2000000}}`, "Content-Type", "application/merge-patch+json"))
	if *after.Recordings.KeepBytes != 5e15 || after.Recordings.MinFreeBytes != 2e6 || len(after.Warnings) != 1 {
		t.Errorf("stored: %+v", after)
	}
	h.want(http.StatusOK, "PATCH", "/api/v1/settings", `{"recordings":{"keep_bytes":null}}`)
	for body, pointer := range map[string]string{
		`{"recordings":{"keep_bytes":5,"min_free_bytes":-1}}`: "/recordings/keep_bytes /recordings/min_free_bytes",
		`{"recordings":null}`: "/recordings", `{"record":{}}`: "/record", `{"recordings":{"x":1}}`: "/recordings/x",
	} {
		if got := pointers(t, h.want(http.StatusUnprocessableEntity, "PATCH", "/api/v1/settings", body)); got != pointer {
			t.Errorf("%s: %s, want %s", body, got, pointer)
		}
	}
	h.want(http.StatusUnprocessableEntity, "PATCH", "/api/v1/settings?dry_run=yes", patch)
	h.want(http.StatusBadRequest, "PATCH", "/api/v1/settings", `{`)
	h.want(http.StatusUnsupportedMediaType, "PATCH", "/api/v1/settings", `{}`, "Content-Type", "text/plain")
	h.want(http.StatusRequestEntityTooLarge, "PATCH", "/api/v1/settings", `{"x":`+text(1<<20)+`}`)

	h.addRecorded("a", 3)
	storage := decode[storageAnswer](t, h.want(http.StatusOK, "GET", "/api/v1/storage", ""))
	if storage.BytesPerDay == 0 || storage.Budget == 0 || storage.Days == nil || len(storage.Warnings) != 0 {
		t.Errorf("storage: %+v", storage)
	}
	tried := decode[storageAnswer](t, h.want(http.StatusOK, "GET", "/api/v1/storage?camera=a&keep_days=36500&keep_bytes=", ""))
	if len(tried.Warnings) != 1 || tried.Warnings[0].Code != "keep_days" || tried.Warnings[0].Camera != "a" || tried.Cameras[0].Holds {
		t.Errorf("100 years: %+v", tried)
	}
}

// pinning pins a range, tries to delete it, and deletes it without the pin.
func pinning(t *testing.T, h *testHub) {
	h.addRecorded("a", 5)
	h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", `{"record":{"mode":"off"}}`)
	eventually(t, "it has ended", func() bool { return h.camera("a").Status.Recording == nil })
	now := time.Now().UTC()
	from, to := now.Add(-time.Hour).Format(time.RFC3339), now.Add(time.Hour).Format(time.RFC3339)
	a := h.want(http.StatusCreated, "POST", "/api/v1/pins", `{"cameras":["a"],"from":"`+from+`","to":"`+to+`","note":"Parcel"}`)
	pin := decode[retention.Pin](t, a)
	if a.header.Get("Location") != fmt.Sprintf("/api/v1/pins/%d", pin.ID) || pin.Note != "Parcel" || time.Since(pin.CreatedAt) > time.Minute {
		t.Errorf("pin: %+v, header %v", pin, a.header)
	}
	list := decode[struct{ Pins []retention.Pin }](t, h.want(http.StatusOK, "GET", "/api/v1/pins", "")).Pins
	if len(list) != 1 || list[0].ID != pin.ID {
		t.Errorf("pins: %+v", list)
	}
	type deleted struct {
		Segments int
		Left     []struct {
			Segments int
			Reason   event.Reason
		}
	}
	all := "/api/v1/recordings?camera=a&from=" + from + "&to=" + to
	eventually(t, "the file is finished", func() bool {
		d := decode[deleted](t, h.want(http.StatusOK, "DELETE", all, ""))
		return d.Segments == 0 && len(d.Left) == 1 && d.Left[0].Reason.Code == "pinned"
	})
	for body, pointer := range map[string]string{
		`{}`: "/cameras /from /to",
		`{"cameras":["../a"],"from":"` + to + `","to":"` + from + `"}`:                                        "/cameras/0 /to",
		`{"cameras":["a"],"from":"9999-12-31T23:00:00-02:00","to":"9999-12-31T23:30:00-02:00"}`:               "/from /to",
		`{"cameras":["a"],"from":"` + from + `","to":"9000-01-01T00:00:00Z","note":` + text(501) + `,"id":1}`: "/id /note /to",
	} {
		if got := pointers(t, h.want(http.StatusUnprocessableEntity, "POST", "/api/v1/pins", body)); got != pointer {
			t.Errorf("%.200s: %s, want %s", body, got, pointer)
		}
	}
	h.want(http.StatusBadRequest, "POST", "/api/v1/pins", `[`)
	h.want(http.StatusUnsupportedMediaType, "POST", "/api/v1/pins", `{}`, "Content-Type", "text/plain")
	h.want(http.StatusRequestEntityTooLarge, "POST", "/api/v1/pins", `{"x":`+text(1<<20)+`}`)
	h.want(http.StatusNotFound, "DELETE", "/api/v1/pins/99", "")
	h.want(http.StatusNotFound, "DELETE", "/api/v1/pins/x", "")
	h.want(http.StatusNoContent, "DELETE", fmt.Sprintf("/api/v1/pins/%d", pin.ID), "")
	if d := decode[deleted](t, h.want(http.StatusOK, "DELETE", all, "")); d.Segments == 0 || len(d.Left) != 0 {
		t.Errorf("without the pin: %+v", d)
	}
	if l := h.recordings("?camera=a"); l.Pictures != 0 || len(l.Cameras) != 1 {
		t.Errorf("after all is deleted: %+v", l)
	}
}

// recordedOnDemand shows that a recorder holds a camera on demand open, and that its
// end lets it go.
func recordedOnDemand(t *testing.T, h *testHub) {
	h.want(http.StatusOK, "PATCH", "/api/v1/settings", `{"recordings":{"min_free_bytes":0}}`) // any disk has room
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"a","name":"A","mode":"on_demand","idle_timeout":"1s",
		"record":{"mode":"schedule","schedule":"daily 00:00-24:00"},"source":{"kind":"emulated","width":64,"height":48,"fps":20}}`)
	h.awaitRecorded("a", 5)
	if st := h.camera("a").Status; st.Viewers != 0 || st.State != hub.Live {
		t.Errorf("status: %+v", st)
	}
	h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", `{"record":{"mode":"off","schedule":""}}`)
	eventually(t, "nobody needs it any more", func() bool { return h.camera("a").Status.State == hub.Idle })
}
