package upstream

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/textproto"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/fault"
	"camhub/internal/header"
	"camhub/internal/jpegstream"
	"camhub/internal/strict"
)

// Limits of the options.
const (
	maxURL        = 2048
	maxCredential = 256
	maxHeaders    = 32
	maxHeaderName = 100
	maxHeaderText = 4096
	leastFrame    = 64 << 10
	mostFrame     = 64 << 20
)

// Options is what a user says about an HTTP camera: it is embedded in the
// options of every kind that reads one. It holds secrets: it must not be
// logged. Use Defaults, then Check.
type Options struct {
	URL           string            `json:"url"` // without user name and password, once it is checked
	Username      string            `json:"username"`
	Password      string            `json:"password"`
	TLSInsecure   bool              `json:"tls_insecure"` // accept any certificate
	Headers       map[string]string `json:"headers"`
	MaxFrameBytes int               `json:"max_frame_bytes"`

	address address
}

// Secrets are the names of the options that are taken and never shown.
var Secrets = []string{"password", "headers"}

// Defaults returns the options of a camera of which nothing is said.
func Defaults() Options { return Options{MaxFrameBytes: jpegstream.DefaultMaxFrameBytes} }

// Home implements source.Kind.Home. It is "" for an address that is none.
func Home(options json.RawMessage) (home string, holdsSecrets bool) {
	var o struct {
		URL string `json:"url"`
	}
	if json.Unmarshal(options, &o) != nil {
		return "", false
	}
	a, userinfo, err := parseAddress(o.URL)
	if err != nil {
		return "", false
	}
	return a.scheme + "://" + strings.ToLower(a.dialAddress()), userinfo != nil
}

// Check appends to errs every fault of the options, as fault.Field below the
// pointer at, and returns the result. It moves credentials in the URL to their
// own fields, so that they are never shown, and does no input or output.
func (o *Options) Check(at string, errs *multierror.Error) *multierror.Error {
	bad := func(pointer, format string, args ...any) {
		errs = multierror.Append(errs, fault.Fieldf(at+pointer, format, args...))
	}
	if detail := o.takeURL(); detail != "" && !has(errs, at+"/url") {
		bad("/url", "%s", detail)
	}
	if detail := checkCredential(o.Username); detail != "" {
		bad("/username", "%s", detail)
	} else if strings.Contains(o.Username, ":") {
		bad("/username", "must not hold a colon")
	}
	if detail := checkCredential(o.Password); detail != "" {
		bad("/password", "%s", detail)
	}
	if o.MaxFrameBytes < leastFrame || o.MaxFrameBytes > mostFrame {
		bad("/max_frame_bytes", "must be from %d to %d", leastFrame, mostFrame)
	}
	o.checkHeaders(bad)
	return errs
}

// has reports whether a field already has a fault: one is enough.
func has(errs *multierror.Error, pointer string) bool {
	return slices.ContainsFunc(fault.Fields(errs), func(f fault.Field) bool { return f.Pointer == pointer })
}

// takeURL checks the URL and moves the credentials in it to their own fields,
// so that they are never shown. It says what is wrong, or "".
func (o *Options) takeURL() string {
	switch {
	case o.URL == "":
		return "must be given"
	case len(o.URL) > maxURL:
		return fmt.Sprintf("must have at most %d characters", maxURL)
	case !utf8.ValidString(o.URL):
		return "must be valid UTF-8"
	}
	if i := strings.IndexFunc(o.URL, notInURL); i >= 0 {
		r, _ := utf8.DecodeRuneInString(o.URL[i:])
		return fmt.Sprintf("must not hold the character %U; write it as %%%02X", r, r)
	}
	a, userinfo, err := parseAddress(o.URL)
	if err != nil {
		return err.Error()
	}
	if userinfo != nil {
		o.Username = userinfo.Username()
		o.Password, _ = userinfo.Password()
	}
	o.address = a
	o.URL = a.String()
	return ""
}

// checkCredential says what is wrong with a user name or password, or "".
func checkCredential(s string) string {
	if len(s) > maxCredential {
		return fmt.Sprintf("must have at most %d bytes", maxCredential)
	}
	if strings.IndexFunc(s, unicode.IsControl) >= 0 {
		return "must not hold control characters"
	}
	return ""
}

// reserved are the headers that the connection itself depends on.
var reserved = []string{"Host", "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "Keep-Alive",
	"Upgrade", "Te", "Trailer", "Expect", "Accept-Encoding", "Range", "Proxy-Connection", "Proxy-Authorization"}

// checkHeaders reports all faults of the headers.
func (o *Options) checkHeaders(bad func(pointer, format string, args ...any)) {
	if o.Headers == nil {
		o.Headers = map[string]string{}
	}
	if len(o.Headers) > maxHeaders {
		bad("/headers", "must be at most %d", maxHeaders)
		return
	}
	seen := make(map[string]bool)
	for _, name := range slices.Sorted(maps.Keys(o.Headers)) {
		pointer := "/headers/" + strict.Token(name)
		key := textproto.CanonicalMIMEHeaderKey(name)
		value := o.Headers[name]
		switch {
		case !header.IsToken(name) || len(name) > maxHeaderName:
			bad(pointer, "is not a valid name of a header")
		case slices.Contains(reserved, key):
			bad(pointer, "is set by the hub itself")
		case seen[key]:
			bad(pointer, "is given twice")
		case len(value) > maxHeaderText:
			bad(pointer, "must have at most %d bytes", maxHeaderText)
		case strings.ContainsFunc(value, unicode.IsControl) || strings.TrimSpace(value) != value:
			bad(pointer, "must not hold control characters, nor begin or end with a space")
		}
		seen[key] = true
	}
}
