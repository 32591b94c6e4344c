package upstream

import (
	"crypto/tls"
	"errors"
	"net/http"
	"slices"
)

// Trace is what happened while a client asked, to explain a camera by. It
// holds no credentials.
type Trace struct {
	URL         string      // what was asked last
	Redirects   []string    // where redirects led, in order
	Requests    int         // made so far
	Connections int         // made so far, one after the other
	Status      int         // of the last answer; 0: there was none
	Header      http.Header // of the last answer
	Challenges  []Challenge // of the last answer of status 401
	Untrusted   string      // why the certificate was not accepted, in words; "" if it was
	Tolerant    bool        // net/http could not take an answer: the tolerant client asks
	Quirks      []string    // what had to be tolerated
}

// Trace returns what has happened so far, also when Get failed.
func (c *Client) Trace() Trace {
	t := c.trace
	t.Redirects = slices.Clone(t.Redirects)
	t.Quirks = slices.Clone(t.Quirks)
	t.Tolerant = c.cam.tolerated() != ""
	return t
}

// begin takes down what is asked for.
func (t *Trace) begin(at address) {
	t.URL = at.String()
	t.Status, t.Header = 0, nil
}

// take takes down an answer.
func (t *Trace) take(a *Answer) {
	t.Status, t.Header = a.Status, a.Header
	if a.Status == http.StatusUnauthorized {
		t.Challenges = parseChallenges(a.Header)
	}
}

// fail takes down why there was no answer.
func (t *Trace) fail(err error) {
	if cert, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		t.Untrusted = certificateFault(cert.Err)
	}
}
