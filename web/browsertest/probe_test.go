package browsertest

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// guarded is a camera with a web page, behind a login.
func guarded(w http.ResponseWriter, r *http.Request) {
	if user, password, _ := r.BasicAuth(); user != "admin" || password != "opensesame" {
		w.Header().Set("WWW-Authenticate", `Basic realm="garden"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	switch r.URL.Path {
	case "/":
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<title>Garden <b>camera</title><img src="/live.mjpg">`)
	case "/live.mjpg":
		serveColours(w, r)
	default:
		http.NotFound(w, r)
	}
}

// camera serves h until the test ends.
func camera(t *testing.T, h http.HandlerFunc, secure bool) *httptest.Server {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // of certificates that are not accepted
	if secure {
		srv.StartTLS()
	} else {
		srv.Start()
	}
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	return srv
}

// TestCameraIsFound adds a camera of which only the host is known: by way of a
// mistake and a login, with what the hub finds shown on the way.
func TestCameraIsFound(t *testing.T) {
	t.Parallel()
	cam := camera(t, guarded, false)
	hub, page := startHub(t), startBrowser(t)
	p := page.open(hub.url, "")
	p.click("#empty [data-add]")
	p.fill("#a-url", "rtsp://10.0.0.5/")
	p.click("[data-look]")
	p.waitFor(`document.activeElement.matches('#a-url[aria-invalid=true]') && document.querySelector('#add-dialog .error').innerText.includes('RTSP')`)

	p.fill("#a-url", strings.TrimPrefix(cam.URL, "http://"))
	p.press("\r")
	p.waitFor(`document.querySelector('#add-dialog .verdict')?.innerText.includes('user name and password')`)
	p.waitFor(`document.activeElement.matches('#a-username') && document.querySelector('#add-dialog [data-found]').hidden`)

	p.fill("#a-url", "http://admin:opensesame@"+strings.TrimPrefix(cam.URL, "http://")) // the login moves to its fields
	p.press("\r")
	p.waitFor(`document.querySelector('#add-dialog .preview')?.naturalWidth === 320`)
	if url, password := eval[string](p, `document.querySelector('#a-url').value`), eval[string](p, `document.querySelector('#a-password').value`); url != cam.URL || password != "opensesame" {
		t.Errorf("the fields hold %q and %q", url, password)
	}
	if name := eval[string](p, `document.querySelector('#a-name').value`); name != "Garden <b>camera" {
		t.Errorf("the suggested name is %q", name)
	}
	if facts := p.text("#add-dialog .facts"); !strings.Contains(facts, "320 × 180") || !strings.Contains(facts, "pictures a second") {
		t.Errorf("the facts are %q", facts)
	}
	p.fill("#a-name", "Garden")
	p.click("#add-dialog [data-save]")
	p.waitFor(`document.querySelector('.tile[data-id=garden][data-state=live].fed') && !document.querySelector('#add-dialog').open`)
	p.waitForMotion("garden")
	if !hub.cameras()[0].Source.PasswordSet {
		t.Error("the password was not stored")
	}
}

// TestFoundIsDroppedWhenTheAddressChanges looks for one camera and then types
// the address of another: the first must not be saved.
func TestFoundIsDroppedWhenTheAddressChanges(t *testing.T) {
	t.Parallel()
	cam := startUpstream(t)
	hub, page := startHub(t), startBrowser(t)
	p := page.open(hub.url, "")
	p.click("#add")
	p.fill("#a-url", cam.url())
	p.press("\r")
	p.waitFor(`!document.querySelector('#add-dialog [data-save]').hidden`)
	p.fill("#a-url", "127.0.0.1:9")
	p.waitFor(`document.querySelector('#add-dialog [data-save]').hidden && !document.querySelector('#add-dialog .verdict')`)
	p.press("\r")
	p.waitFor(`document.querySelector('#add-dialog .verdict')?.innerText.includes('nothing listens')`)
	p.click("#add-dialog [data-by-hand]")
	p.waitFor(`document.querySelector('#camera-dialog').open && document.querySelector('#f-source-url').value === 'http://127.0.0.1:9'`)
}

func TestCertificateIsAccepted(t *testing.T) {
	t.Parallel()
	cam := camera(t, serveColours, true)
	hub, page := startHub(t), startBrowser(t)
	p := page.open(hub.url, "")
	p.click("#add")
	p.fill("#a-url", cam.URL+"/video")
	p.press("\r")
	p.waitFor(`document.querySelector('#add-dialog .verdict')?.innerText.includes('certificate')`)
	p.click("[data-accept]")
	p.waitFor(`document.querySelector('#add-dialog .preview')`)
	p.fill("#a-name", "Safe")
	p.press("\r")
	p.waitFor(`document.querySelector('.tile[data-id=safe][data-state=live].fed')`)
}

// TestOfflineCameraIsExplained has a camera whose address is wrong: the hub
// finds the right one, and it is taken.
func TestOfflineCameraIsExplained(t *testing.T) {
	t.Parallel()
	cam := camera(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "MJPG-Streamer/0.2")
		if r.URL.RequestURI() != "/?action=stream" {
			http.NotFound(w, r)
			return
		}
		serveColours(w, r)
	}, false)
	hub, page := startHub(t), startBrowser(t)
	hub.call("POST", "/api/v1/cameras", `{"name":"Attic","source":{"kind":"mjpeg","url":"`+cam.URL+`/wrong"}}`, nil)
	p := page.open(hub.url, "")
	p.click(tileOf("attic") + " .why")
	p.waitFor(`document.querySelector('#why-dialog').open && document.querySelector('#why-title').innerText.includes('Attic')`)
	p.waitFor(`document.querySelector('#why-dialog .preview')?.naturalWidth === 320`)
	if verdict := p.text("#why-dialog .verdict"); !strings.Contains(verdict, "mjpg-streamer") {
		t.Errorf("it says %q", verdict)
	}
	p.click("[data-take]")
	p.waitFor(`!document.querySelector('#why-dialog').open && document.querySelector('.tile[data-id=attic][data-state=live].fed')`)
	p.waitForMotion("attic")

	cam.CloseClientConnections()
	cam.Listener.Close()
	cam.CloseClientConnections()
	p.waitFor(`document.querySelector('.tile[data-id=attic][data-state=offline]')`)
	p.choose("attic", "Why is it offline?")
	p.waitFor(`document.querySelector('#why-dialog .verdict')?.innerText.includes('nothing listens')`)
	if !eval[bool](p, `document.querySelector('[data-take]').hidden && document.querySelectorAll('#why-dialog .list li').length > 0`) {
		t.Error("there is no advice, or an address to take")
	}
}
