package probe

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// sentence says what is being asked.
func sentence(c candidate) string {
	switch c.why {
	case byPort:
		return "Trying another port."
	case byLink:
		return "Trying an address that the web page names."
	case byFrame:
		return "Looking into a page within the page."
	case byDevice, byGuess:
		return "Trying a known address: " + c.from.name + "."
	}
	return "Asking the address."
}

// ranks orders the answers by how much they tell of a camera that does not
// work: a higher one explains more.
var ranks = map[Answer]int{
	WrongPassword: 9, Challenge: 8, Busy: 7, Broken: 6, LoginPage: 5, TLS: 4, Forbidden: 3, NotACamera: 2, HTTPStatus: 2, Redirect: 2, NotFound: 1,
}

// mostTelling returns the finding that explains most why nothing works. What
// the user gave counts before what was guessed.
func (r *run) mostTelling() *finding {
	var best *finding
	for _, f := range r.found {
		rank := ranks[f.answer]
		if f.why > byPort && rank < ranks[Broken] {
			continue // a guess that was wrong says nothing
		}
		if best != nil && f.answer == TLS && f.trace.Untrusted == "" && r.target.scheme == "" {
			continue // it was only a try
		}
		if best == nil || rank > ranks[best.answer] {
			best = f
		}
	}
	return best
}

// explanation says for a person what the answer means.
func (f *finding) explanation() string {
	switch f.answer {
	case Challenge:
		if f.err != nil {
			return f.err.Message
		}
		return "The camera asks for a user name and password."
	case WrongPassword:
		return "The camera does not accept the user name and password."
	case LoginPage:
		return "A web page with a login form answers" + f.titled() + ". It is meant for people: the pictures are at another address, and need another kind of login."
	case Forbidden:
		return "The camera does not allow access to this address."
	case NotFound:
		return "The camera answers, but has nothing at this address."
	case Busy:
		return "The camera is busy: it may serve one viewer at a time only."
	case HTTPStatus:
		return fmt.Sprintf("The camera answered with status %d %s.", f.trace.Status, http.StatusText(f.trace.Status))
	case Broken:
		return "Pictures come, but all of them are damaged."
	case Nothing:
		return f.silence()
	case NotACamera:
		return f.other()
	}
	if f.err != nil {
		return f.err.Message
	}
	return "camhub can't tell what answers."
}

// titled names a page by its title.
func (f *finding) titled() string {
	if f.page.title == "" {
		return ""
	}
	return " (“" + f.page.title + "”)"
}

func (f *finding) silence() string {
	switch {
	case f.trace.Status != 0:
		return "Something answers at this address, but then sends nothing."
	case f.trace.Connections > 0 && f.err != nil && f.err.Code == "timeout":
		return "Something accepts the connection, but says nothing."
	case f.err != nil:
		return f.err.Message
	}
	return "Nothing came in time."
}

func (f *finding) other() string {
	kind, _, _ := strings.Cut(f.kind, ";")
	switch {
	case f.err != nil:
		return f.err.Message
	case f.text != nil && len(f.page.links) > 0:
		return "A web page answers" + f.titled() + ", but the addresses that it names gave no pictures."
	case f.text != nil:
		return "A web page answers" + f.titled() + ", but no camera was found behind it."
	case f.pictures != nil:
		return "Data comes from this address, but no picture that camhub can read."
	case kind != "":
		return "What answers is of the type " + kind + ", which camhub can't read: it reads MJPEG streams and JPEG pictures."
	}
	return "What answers at this address is not a camera that camhub can read."
}

// advice says what to try.
func (r *run) advice(f *finding) []string {
	list := slices.Clone(advices[f.answer])
	if f.answer == TLS && f.trace.Untrusted != "" {
		list = []string{"If this is your own camera, accept its certificate: most cameras have a self-signed one."}
	}
	if f.answer == Challenge && f.secret && f.err != nil {
		list = []string{"Choose Basic or Digest as the way to log in, in the camera's own settings."}
	}
	if f.answer == Challenge && !f.secret && (r.options.Username != "" || r.options.Password != "") {
		list = []string{"The login is asked for by " + origin(f.url) + ", but was given for another address: enter that one if you trust it."}
	}
	if wantsTLS(f) {
		list = []string{"The address needs a secure connection: write https:// in front of it."}
	}
	if f.answer == NotFound && !r.target.isRoot() {
		list = append(list, "Give the host alone, without the path: camhub then tries the addresses that cameras are known for.")
	}
	for i, d := range r.devices {
		if d.advice != "" && i == 0 {
			list = append(list, d.name+": "+d.advice)
		}
	}
	return list
}

// wantsTLS reports whether an answer says that it was asked without.
func wantsTLS(f *finding) bool {
	text := strings.ToLower(string(f.text))
	return f.trace.Status == http.StatusBadRequest && strings.HasPrefix(f.url, "http://") && (strings.Contains(text, "https") || strings.Contains(text, "ssl"))
}

// advices are what to try, by answer.
var advices = map[Answer][]string{
	Challenge:     {"Give the user name and password of the camera itself, or of a user that may only watch."},
	WrongPassword: {"Check both by logging in to the camera's own page. Wait a few minutes first: many cameras lock an account after a few wrong tries."},
	LoginPage:     {"Look in the camera's settings or manual for its “MJPEG”, “HTTP stream” or “snapshot” address.", "Give user name and password, if the camera has such an address."},
	Forbidden:     {"Allow it in the camera's settings: often under “security”, “IP filter” or “anonymous viewer”.", "Give user name and password if it has them."},
	NotFound:      {"Look for the right address in the camera's settings or manual."},
	Busy:          {"Close other pages and programs that show the camera, then try again.", "Let the other program take the pictures from camhub instead."},
	HTTPStatus:    {"Restart the camera and try again."},
	Redirect:      {"Open the address in a browser and copy where it ends up."},
	NotACamera:    {"Check the address: is it the camera's, and the right port?", "Look in the camera's settings or manual for its “MJPEG”, “HTTP stream” or “snapshot” address.", "A camera that only sends H.264 or RTSP can't be read by this version: look for an MJPEG setting."},
	Broken:        {"Choose a lower resolution or a slower rate in the camera, or move it nearer to the access point: pictures break on weak links."},
	Nothing:       {"Restart the camera: it may hang.", "Close other programs that show it: many cameras serve one viewer and let the next one wait."},
	Refused:       {"Check the port: cameras often use 80, 8080, 81, 8081 or 4747.", "Is the camera, or its app, switched on?"},
	Unreachable:   {"Is the camera switched on, and in the same network?", "Check the address in the list of devices of your router: it may have changed."},
	DNS:           {"Check the spelling, or give the number of the host, such as 192.168.1.20."},
	TLS:           {"Try http:// in the place of https://.", "Accept any certificate: this also allows the old ciphers of old cameras."},
}
