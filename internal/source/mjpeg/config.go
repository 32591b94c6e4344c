// Package mjpeg reads cameras that send motion JPEG over HTTP: one connection,
// one picture after the other. See Kind.
package mjpeg

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
	"camhub/internal/jpegstream"
	"camhub/internal/source"
	"camhub/internal/strict"
)

// Kind is the kind "mjpeg".
var Kind = source.Kind{
	Name:    "mjpeg",
	Doc:     "A camera that sends motion JPEG over HTTP, as most IP cameras, ESP32 cameras and printer cameras do.",
	Example: `{"url": "http://10.0.0.5/video", "username": "u", "password": "p"}`,
	Secrets: []string{"password", "headers"},
	Parse:   parse,
}

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

// Config is a checked set of options. It holds secrets: it must not be logged.
type Config struct {
	URL           string            `json:"url"` // without user name and password
	Username      string            `json:"username"`
	Password      string            `json:"password"`
	TLSInsecure   bool              `json:"tls_insecure"` // accept any certificate
	Headers       map[string]string `json:"headers"`
	MaxFrameBytes int               `json:"max_frame_bytes"`

	address address
}

func parse(options json.RawMessage) (source.Config, *multierror.Error) {
	c := &Config{MaxFrameBytes: jpegstream.DefaultMaxFrameBytes}
	errs := strict.Object(options, c, "/source")
	bad := func(pointer, format string, args ...any) {
		errs = multierror.Append(errs, fault.Fieldf("/source"+pointer, format, args...))
	}
	if detail := c.takeURL(); detail != "" && !has(errs, "/source/url") {
		bad("/url", "%s", detail)
	}
	if detail := checkCredential(c.Username); detail != "" {
		bad("/username", "%s", detail)
	} else if strings.Contains(c.Username, ":") {
		bad("/username", "must not hold a colon")
	}
	if detail := checkCredential(c.Password); detail != "" {
		bad("/password", "%s", detail)
	}
	if c.MaxFrameBytes < leastFrame || c.MaxFrameBytes > mostFrame {
		bad("/max_frame_bytes", "must be from %d to %d", leastFrame, mostFrame)
	}
	c.checkHeaders(bad)
	if errs.ErrorOrNil() != nil {
		return nil, errs
	}
	return c, nil
}

// has reports whether a field already has a fault: one is enough.
func has(errs *multierror.Error, pointer string) bool {
	return slices.ContainsFunc(fault.Fields(errs), func(f fault.Field) bool { return f.Pointer == pointer })
}

// takeURL checks the URL and moves the credentials in it to their own fields,
// so that they are never shown. It says what is wrong, or "".
func (c *Config) takeURL() string {
	switch {
	case c.URL == "":
		return "must be given"
	case len(c.URL) > maxURL:
		return fmt.Sprintf("must have at most %d characters", maxURL)
	case !utf8.ValidString(c.URL):
		return "must be valid UTF-8"
	}
	if i := strings.IndexFunc(c.URL, notInURL); i >= 0 {
		r, _ := utf8.DecodeRuneInString(c.URL[i:])
		return fmt.Sprintf("must not hold the character %U; write it as %%%02X", r, r)
	}
	a, userinfo, err := parseAddress(c.URL)
	if err != nil {
		return err.Error()
	}
	if userinfo != nil {
		c.Username = userinfo.Username()
		c.Password, _ = userinfo.Password()
	}
	c.address = a
	c.URL = a.String()
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
func (c *Config) checkHeaders(bad func(pointer, format string, args ...any)) {
	if c.Headers == nil {
		c.Headers = map[string]string{}
	}
	if len(c.Headers) > maxHeaders {
		bad("/headers", "must be at most %d", maxHeaders)
		return
	}
	seen := make(map[string]bool)
	for _, name := range slices.Sorted(maps.Keys(c.Headers)) {
		pointer := "/headers/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
		key := textproto.CanonicalMIMEHeaderKey(name)
		value := c.Headers[name]
		switch {
		case !isToken(name) || len(name) > maxHeaderName:
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

// isToken reports whether s is a token of RFC 9110 5.6.2.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// Open implements source.Config.
func (c *Config) Open(source.Env) source.Source { return &reader{cfg: c} }
