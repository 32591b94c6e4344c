package app

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"camhub/internal/hub"
	"camhub/internal/seal"
	"camhub/internal/source"
)

// lockable is a camera that counts who asks it, with its secrets and without.
type lockable struct {
	*httptest.Server
	right, wrong atomic.Int64
}

func newLockable(t *testing.T) *lockable {
	t.Helper()
	c := &lockable{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		if password == secretPassword && r.Header.Get("X-Key") == secretHeader {
			c.right.Add(1)
		} else if password != "" || r.Header.Get("X-Key") != "" || r.Header.Get("Authorization") == "" {
			c.wrong.Add(1)
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="camera"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	return c
}

// lostKey starts a hub over a folder with two cameras, one of which has secrets, after its
// key was lost. back puts the key back.
func lostKey(t *testing.T, cam *lockable) (h *testHub, back func()) {
	t.Helper()
	contract, dir := readContract(t, true), t.TempDir()
	start := func() {
		h = startHub(t, contract, dir)
		t.Cleanup(cam.Close) // before the hub looks for what is left
		h.secrets = []string{secretPassword, secretHeader}
	}
	start()
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"a","name":"A","source":{"kind":"mjpeg","url":"`+cam.URL+`/v",
		"username":"u","password":"`+secretPassword+`","headers":{"X-Key":"`+secretHeader+`"}}}`)
	h.addLive("b")
	eventually(t, "the camera is asked with its secrets", func() bool { return cam.right.Load() > 0 })
	h.stop()
	key := filepath.Join(dir, seal.KeyFile)
	if err := os.Rename(key, key+".away"); err != nil {
		t.Fatal(err)
	}
	cam.right.Store(0)
	cam.wrong.Store(0)
	start()
	return h, func() {
		t.Helper()
		h.stop()
		if err := os.Rename(key+".away", key); err != nil {
			t.Fatal(err)
		}
		start()
		eventually(t, "the camera is asked with its secrets again", func() bool { return cam.right.Load() > 0 })
	}
}

// wantLocked fails unless the camera says that its secrets can't be read.
func (h *testHub) wantLocked(says string) {
	h.t.Helper()
	eventually(h.t, "the camera says what is wrong", func() bool {
		st := h.camera("a").Status
		return st.State == hub.Offline && st.Error != nil && st.Error.Code == source.CodeSealed && strings.Contains(st.Error.Message, says)
	})
}

// TestLostKey changes a camera whose secrets can't be read in every way that keeps them,
// and finds them again when the key is back.
func TestLostKey(t *testing.T) {
	cam := newLockable(t)
	h, back := lostKey(t, cam)
	h.wantLocked(`"X-Key" of the headers, the password`)
	eventually(t, "the other camera goes on", func() bool { return h.camera("b").Status.State == hub.Live })
	if !strings.Contains(h.log.String(), "secrets of 1 camera ") {
		t.Error("the log does not say it")
	}
	was := h.want(http.StatusOK, "GET", "/api/v1/cameras/a", "").body
	for _, part := range []string{`"password_set":true`, `"headers_set":["X-Key"]`, `"username":"u"`} {
		if !strings.Contains(string(was), part) {
			t.Errorf("no %s in %s", part, was)
		}
	}
	h.want(http.StatusOK, "PUT", "/api/v1/cameras/a", string(was))
	h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", `{"name":"New","group":"g"}`)
	h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", `{"source":{"url":"`+cam.URL+`/w","max_frame_bytes":1000000}}`)
	h.want(http.StatusNoContent, "DELETE", "/api/v1/cameras/a", "")
	h.want(http.StatusCreated, "POST", "/api/v1/cameras/a/restore", "")
	h.want(http.StatusOK, "POST", "/api/v1/probe", `{"camera":"a"}`)
	h.wantLocked("enter it again")

	a := h.want(http.StatusUnprocessableEntity, "PATCH", "/api/v1/cameras/a", `{"source":{"url":"http://127.0.0.1:1/"}}`)
	if got := pointers(t, a); got != "/source/headers /source/password" {
		t.Errorf("another host: %s", got)
	}
	a = h.want(http.StatusUnprocessableEntity, "POST", "/api/v1/cameras/a/duplicate", `{"name":"Copy"}`)
	if got := pointers(t, a); got != "/source/headers/X-Key /source/password" {
		t.Errorf("a copy: %s", got)
	}
	if n := cam.right.Load() + cam.wrong.Load(); n != 0 {
		t.Errorf("the camera was asked %d times", n)
	}
	back()
}

// TestSealedValuesFromClients are refused, whole, in parts and as merged.
func TestSealedValuesFromClients(t *testing.T) {
	cam := newLockable(t)
	h, back := lostKey(t, cam)
	forged := `{"sealed by camhub":"1.0123456789abcdef.AAAA"}`
	for _, body := range []string{
		`{"source":{"password":` + forged + `}}`,
		`{"source":{"headers":{"X-Key":` + forged + `}}}`,
		`{"source":{"headers":{"X-Other":` + forged + `}}}`,
		`{"source":{"headers":` + forged + `}}`,
		`{"source":{"password":{"sealed by camhub":"2.x","x":null}}}`,
		`{"source":{"url":` + forged + `}}`,
	} {
		h.want(http.StatusUnprocessableEntity, "PATCH", "/api/v1/cameras/a", body)
		h.want(http.StatusUnprocessableEntity, "PUT", "/api/v1/cameras/a", strings.Replace(body, `"source":{`, `"name":"A","source":{"kind":"mjpeg",`, 1))
	}
	h.want(http.StatusUnprocessableEntity, "POST", "/api/v1/cameras", `{"name":"C","source":{"kind":"mjpeg","url":"`+cam.URL+`","password":`+forged+`}}`)
	back()
}

// TestSecretsAreEnteredAgain makes a camera whose key was lost work without it.
func TestSecretsAreEnteredAgain(t *testing.T) {
	cam := newLockable(t)
	h, _ := lostKey(t, cam)
	h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", `{"source":{"password":"`+secretPassword+`"}}`)
	h.wantLocked(`read "X-Key" of the headers with`)
	h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", `{"source":{"headers":{"X-Key":"`+secretHeader+`"}}}`)
	eventually(t, "the camera is asked with its secrets", func() bool { return cam.right.Load() > 0 })
}

// TestPasswordInANewURL takes the place of one that can't be read.
func TestPasswordInANewURL(t *testing.T) {
	cam := newLockable(t)
	h, _ := lostKey(t, cam)
	withPassword := strings.Replace(cam.URL, "http://", "http://u:"+secretPassword+"@", 1)
	h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", `{"source":{"url":"`+withPassword+`","headers":{"X-Key":"`+secretHeader+`"}}}`)
	eventually(t, "the camera is asked with its secrets", func() bool { return cam.right.Load() > 0 })
	h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", `{"source":{"password":null,"headers":null}}`)
	if body := string(h.want(http.StatusOK, "GET", "/api/v1/cameras/a", "").body); !strings.Contains(body, `"password_set":false`) {
		t.Errorf("they can't be removed: %s", body)
	}
}
