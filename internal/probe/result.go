package probe

import "camhub/internal/camera"

// Answer says what answered at the address that was given.
type Answer string

// The answers. The first three are good news.
const (
	Stream        Answer = "stream"         // moving pictures
	Snapshot      Answer = "snapshot"       // one picture a request
	Page          Answer = "page"           // a web page, and pictures at an address that it names
	LoginPage     Answer = "login-page"     // a web page that asks for a password
	Challenge     Answer = "challenge"      // a login is needed, and none was given
	WrongPassword Answer = "wrong-password" // the login was refused
	Forbidden     Answer = "forbidden"      // status 403
	NotFound      Answer = "not-found"      // status 404
	Busy          Answer = "busy"           // status 503 or 429
	HTTPStatus    Answer = "http-status"    // any other status without pictures
	Redirect      Answer = "redirect"       // redirects that lead nowhere
	NotACamera    Answer = "not-a-camera"   // something else answers
	Broken        Answer = "broken-pictures"
	Nothing       Answer = "nothing" // it is silent, or hangs up
	Refused       Answer = "refused" // nothing listens
	Unreachable   Answer = "unreachable"
	DNS           Answer = "dns"
	TLS           Answer = "tls"    // no secure connection, or a certificate that nobody vouches for
	Failed        Answer = "failed" // a source that does not speak HTTP failed
)

// Result is what a probe found. It holds no secrets.
type Result struct {
	Answer     Answer   `json:"answer"`
	Works      bool     `json:"works"`               // pictures come, and source is how to get them
	Connected  bool     `json:"connected,omitempty"` // it is a camera of the hub, and the hub is connected to it
	URL        string   `json:"url,omitempty"`       // what the answer is from, without passwords
	Name       string   `json:"name,omitempty"`      // what the camera could be called
	Device     string   `json:"device,omitempty"`    // what it seems to be
	Challenges []string `json:"challenges"`          // the ways to log in that it offers, such as "digest"
	Untrusted  string   `json:"untrusted,omitempty"` // what is wrong with its certificate
	Streams    []string `json:"streams"`             // what looks like pictures in its web page, likeliest first

	Codec   string  `json:"codec,omitempty"`
	Width   int     `json:"width,omitempty"`
	Height  int     `json:"height,omitempty"`
	FPS     float64 `json:"fps,omitempty"`
	Bitrate int64   `json:"bitrate,omitempty"` // bits a second
	Quirks  []Quirk `json:"quirks"`
	Preview string  `json:"preview,omitempty"` // a JPEG as data URL

	// Source is what to add as a camera. The values of its secrets are left
	// out: Secrets names those that whoever asked has to put in again.
	Source  *camera.Source `json:"source,omitempty"`
	Secrets []string       `json:"secrets"`

	Explanation string   `json:"explanation"` // what is so, or what is wrong
	Advice      []string `json:"advice"`      // what to try

	Tried    []Tried `json:"tried"` // in order
	Requests int     `json:"requests"`
	TookMS   int64   `json:"took_ms"`
}

// Quirk is something that the camera does in its own way.
type Quirk struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Tried is one address that was asked, without passwords.
type Tried struct {
	URL    string `json:"url"`
	Answer Answer `json:"answer"`
}

// Progress is one step of a probe.
type Progress struct {
	Text string `json:"text"`          // a sentence
	URL  string `json:"url,omitempty"` // the address that is being asked, without passwords
}
