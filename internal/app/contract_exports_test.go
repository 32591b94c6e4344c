package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"camhub/internal/camera"
	"camhub/internal/export"
	"camhub/internal/record/archive"
	"camhub/internal/retention"
	"camhub/store"
)

// filmed is when the recordings of these tests begin. The policy keeps them.
var filmed = time.Now().UTC().Add(-time.Hour).Truncate(time.Second)

// seedRecordings records 100 pictures of each camera into the data folder, where they
// stay however full the disk is.
func seedRecordings(t *testing.T, dir string, cameras ...string) {
	t.Helper()
	db, err := store.Open(filepath.Join(dir, "camhub.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.SetRecordSettings(retention.Settings{}), db.Close()); err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(t.Context(), archive.Config{Root: filepath.Join(dir, recordingsDir), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 48)), nil); err != nil {
		t.Fatal(err)
	}
	for _, id := range cameras {
		r, err := a.Create(t.Context(), archive.NewSegment{Camera: camera.ID(id), Start: filmed, Width: 64, Height: 48})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			if err := r.Write(filmed.Add(time.Duration(i)*time.Second/10), b.Bytes()); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
}

// exportOf returns the body of a request.
func exportOf(format, cameras string) string {
	return fmt.Sprintf(`{"cameras":[%s],"from":%q,"to":%q,"format":%q}`, cameras,
		filmed.Format(time.RFC3339), filmed.Add(time.Minute).Format(time.RFC3339), format)
}

// exported makes an export and waits until it is ready.
func (h *testHub) exported(format, cameras string) export.Job {
	h.t.Helper()
	a := h.want(http.StatusAccepted, "POST", "/api/v1/exports", exportOf(format, cameras))
	path := a.header.Get("Location")
	for end := time.Now().Add(patience); time.Now().Before(end); {
		j := decode[export.Job](h.t, h.want(http.StatusOK, "GET", path, ""))
		if j.State == export.Ready {
			return j
		}
		if j.State == export.Failed {
			h.t.Fatalf("it failed: %+v", j.Error)
		}
		time.Sleep(10 * time.Millisecond)
	}
	h.t.Fatal("it is never ready")
	return export.Job{}
}

// exports makes one in every planned format, and downloads it in parts.
func exports(t *testing.T, h *testHub) {
	for format, ending := range map[string]string{"mov": "mov", "avi": "avi", "zip": "zip"} {
		j := h.exported(format, `"front"`)
		path := "/api/v1/exports/" + j.ID + "/file"
		whole := h.want(http.StatusOK, "GET", path, "")
		tag := whole.header.Get("ETag")
		if int64(len(whole.body)) != j.Files[0].Size || tag != j.Files[0].ETag || j.Files[0].Pictures != 100 {
			t.Errorf("%s: %d bytes, %+v", format, len(whole.body), j.Files[0])
		}
		if d := whole.header.Get("Content-Disposition"); !strings.HasSuffix(d, `Z.`+ending+`"`) {
			t.Errorf("%s is to be called %s", format, d)
		}
		toldExport(t, h, j.ID)
		resumed(t, h, path, tag, whole.body)
		sum := sha256.Sum256(whole.body)
		head := h.want(http.StatusOK, "HEAD", path, "")
		if d := head.header.Get("Repr-Digest"); d != "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":" {
			t.Errorf("%s: after a whole download the digest is %q", format, d)
		}
		h.want(http.StatusNotModified, "GET", path, "", "If-None-Match", tag)
		h.want(http.StatusPreconditionFailed, "GET", path, "", "If-Match", `"other"`)
		h.want(http.StatusRequestedRangeNotSatisfiable, "GET", path, "", "Range", "bytes=999999999-")
		h.want(http.StatusPartialContent, "GET", path, "", "Range", "bytes=0-1,5-9")
		h.want(http.StatusNoContent, "DELETE", "/api/v1/exports/"+j.ID, "")
		h.want(http.StatusNotFound, "GET", path, "")
		h.want(http.StatusNotFound, "GET", "/api/v1/exports/"+j.ID, "")
		h.want(http.StatusNotFound, "DELETE", "/api/v1/exports/"+j.ID, "")
	}
}

// toldExport looks for an export of camera front in the events.
func toldExport(t *testing.T, h *testHub, id string) {
	t.Helper()
	eventually(t, "the export is in the events", func() bool {
		es := h.page("type=exported&limit=1").Events
		return len(es) == 1 && es[0].Camera == "front" && es[0].Subject == id &&
			es[0].Span != nil && es[0].Span.From.Equal(filmed) && es[0].Span.To.Equal(filmed.Add(time.Minute))
	})
}

// resumed cuts a download at several places and goes on there, also with a tag of
// another file, which starts anew.
func resumed(t *testing.T, h *testHub, path, tag string, whole []byte) {
	t.Helper()
	for _, at := range []int{1, 100, len(whole) / 2, len(whole) - 1} {
		rest := h.want(http.StatusPartialContent, "GET", path, "", "Range", fmt.Sprintf("bytes=%d-", at), "If-Range", tag)
		if !bytes.Equal(rest.body, whole[at:]) {
			t.Errorf("from byte %d on it is another file", at)
		}
		if a := h.want(http.StatusOK, "GET", path, "", "Range", fmt.Sprintf("bytes=%d-", at), "If-Range", `"other"`); !bytes.Equal(a.body, whole) {
			t.Error("another tag does not start anew")
		}
	}
}

// namedExports exports two cameras, of which one has a name in another script.
func namedExports(t *testing.T, h *testHub) {
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"front","name":"Haustür","enabled":false,"source":{"kind":"emulated"}}`)
	j := h.exported("mov", `"back","front"`)
	base := "/api/v1/exports/" + j.ID + "/file"
	h.want(http.StatusConflict, "GET", base, "")
	h.want(http.StatusNotFound, "GET", base+"/other", "")
	name := strings.ReplaceAll(j.Files[1].Name, " ", "%20")
	tag := j.Files[1].ETag
	a := h.want(http.StatusOK, "GET", base+"/"+name, "")
	if d := a.header.Get("Content-Disposition"); !strings.Contains(d, "filename*=UTF-8''Haust%C3%BCr%20") {
		t.Errorf("it is to be called %s", d)
	}
	resumed(t, h, base+"/"+name, tag, a.body)
	h.want(http.StatusNotModified, "GET", base+"/"+name, "", "If-None-Match", tag)
	h.want(http.StatusPreconditionFailed, "GET", base+"/"+name, "", "If-Match", `"other"`)
	h.want(http.StatusRequestedRangeNotSatisfiable, "GET", base+"/"+name, "", "Range", "bytes=999999999-")
	l := decode[struct{ Exports []export.Job }](t, h.want(http.StatusOK, "GET", "/api/v1/exports", ""))
	defer unfinishedExport(t, h)
	if len(l.Exports) != 1 || l.Exports[0].ID != j.ID {
		t.Errorf("there are %+v", l.Exports)
	}
}

// unfinishedExport asks for the file of one up to now, which waits until all pictures
// of now are there, and cancels it.
func unfinishedExport(t *testing.T, h *testHub) {
	t.Helper()
	body := fmt.Sprintf(`{"cameras":["front"],"from":%q,"to":"2999-01-01T00:00:00Z"}`, filmed.Format(time.RFC3339))
	path := h.want(http.StatusAccepted, "POST", "/api/v1/exports", body).header.Get("Location")
	h.want(http.StatusConflict, "GET", path+"/file", "")
	h.want(http.StatusConflict, "GET", path+"/file/x.mov", "")
	h.want(http.StatusNoContent, "DELETE", path, "")
}

// wrongExports looks at what can't be exported, at too many, and at a folder that is
// broken.
func wrongExports(t *testing.T, h *testHub, dir string) {
	for body, want := range map[string]string{
		`{}`:                            "/cameras /from /to",
		exportOf("mkv", `"front"`):      "/format",
		exportOf("mov", `"front","x"`):  "/cameras/1",
		exportOf("mov", `"../../etc"`):  "/cameras/0",
		exportOf("mov", `"front"]},[1`): "",
	} {
		if want == "" {
			h.want(http.StatusBadRequest, "POST", "/api/v1/exports", body)
			continue
		}
		if got := pointers(t, h.want(http.StatusUnprocessableEntity, "POST", "/api/v1/exports", body)); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	for range 64 {
		h.want(http.StatusAccepted, "POST", "/api/v1/exports", exportOf("mov", `"front"`))
	}
	h.want(http.StatusTooManyRequests, "POST", "/api/v1/exports", exportOf("mov", `"front"`))
	l := decode[struct{ Exports []export.Job }](t, h.want(http.StatusOK, "GET", "/api/v1/exports", ""))
	for _, j := range l.Exports {
		h.want(http.StatusNoContent, "DELETE", "/api/v1/exports/"+j.ID, "")
	}
	folder := filepath.Join(dir, exportsDir)
	if os.RemoveAll(folder) != nil || os.WriteFile(folder, nil, 0o644) != nil {
		t.Fatal("the folder can't be broken")
	}
	h.want(http.StatusInternalServerError, "POST", "/api/v1/exports", exportOf("mov", `"front"`))
}

// exportMessages follows an export by its messages, until the hub stops.
func exportMessages(t *testing.T, h *testHub) {
	h.want(http.StatusOK, "HEAD", "/api/v1/exports", "", "Accept", "text/event-stream")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", h.url+"/api/v1/exports", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	resp, err := h.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	j := h.exported("zip", `"front"`)
	h.want(http.StatusNoContent, "DELETE", "/api/v1/exports/"+j.ID, "")
	go h.stop()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Errorf("it ends with %v", err)
	}
	text, at := string(b), 0
	for _, want := range []string{
		"event: exports\ndata: {\"exports\":[]}\n\n", "event: export\ndata: {\"id\":\"" + j.ID + `"`,
		`"state":"ready"`, "event: removed\ndata: {\"id\":\"" + j.ID + "\"}\n\n",
	} {
		i := strings.Index(text[at:], want)
		if i < 0 {
			t.Fatalf("%q is not there, or not in order: %s", want, text)
		}
		at += i
	}
	for line := range strings.Lines(text) {
		if data, ok := strings.CutPrefix(line, "data: {\"id\""); ok && !strings.HasPrefix(data, ":\""+j.ID+"\"}") {
			if err := h.contract.validate("#/components/schemas/Export", parseJSON(t, []byte(line[len("data: "):]))); err != nil {
				t.Error(err)
			}
		}
	}
}

// exportParts runs the tests of exports over recordings that were there before.
func exportParts(t *testing.T, c *contract) {
	start := func(t *testing.T) (*testHub, string) {
		dir := t.TempDir()
		seedRecordings(t, dir, "front", "back")
		return startHub(t, c, dir), dir
	}
	t.Run("exports", func(t *testing.T) { h, _ := start(t); exports(t, h) })
	t.Run("exports of two cameras", func(t *testing.T) { h, _ := start(t); namedExports(t, h) })
	t.Run("wrong exports", func(t *testing.T) { h, dir := start(t); wrongExports(t, h, dir) })
	t.Run("messages of exports", func(t *testing.T) { h, _ := start(t); exportMessages(t, h) })
}
