package httpcam

import (
	"cmp"
	"net/http"
	"time"
)

// How long a camera is believed that nothing is new.
const (
	leastTrust = 10 * time.Second
	trustTimes = 4 // intervals
)

// validator makes requests conditional (RFC 9110 13.1) for a camera that gives
// its pictures an ETag or a Last-Modified. Some give the same to every picture
// and would be asked in vain for ever: so from time to time the condition is
// left out, and one who was wrong is not asked with it again.
type validator struct {
	interval time.Duration
	etag     string
	modified string
	at       time.Time // of the last whole answer
	wrong    bool
}

// condition returns the header of a conditional request, or nil.
func (v *validator) condition(now time.Time) http.Header {
	if v.wrong || v.etag == "" && v.modified == "" || now.Sub(v.at) >= max(leastTrust, trustTimes*v.interval) {
		return nil
	}
	h := make(http.Header)
	if v.etag != "" {
		h.Set("If-None-Match", v.etag)
	}
	if v.modified != "" {
		h.Set("If-Modified-Since", v.modified)
	}
	return h
}

// take takes the header of a whole answer; same says that its picture is the
// last one again. When one validator stands for two pictures it is not used any
// more, and wrong is true unless that is only because a Last-Modified has whole
// seconds (RFC 9110 8.8.2.2).
func (v *validator) take(h http.Header, same bool, now time.Time) (wrong bool) {
	etag, modified := h.Get("ETag"), h.Get("Last-Modified")
	if !v.wrong && !same && cmp.Or(etag, modified) != "" && etag == v.etag && modified == v.modified {
		v.wrong = true
		wrong = etag != "" || now.Sub(v.at) >= 2*time.Second
	}
	v.etag, v.modified, v.at = etag, modified, now
	return wrong
}
