package upstream

import (
	"context"
	"crypto/tls"
	"net/http"
)

// stdClient asks by means of net/http. It knows no proxy, no compression and
// no HTTP/2.
type stdClient struct{ rt *http.Transport }

func newStdClient(l *line) *stdClient {
	return &stdClient{&http.Transport{
		DialContext:            l.dial,
		DialTLSContext:         l.dialTLS,
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{},
		ResponseHeaderTimeout:  answerTimeout,
		MaxResponseHeaderBytes: maxAnswerHeader,
		DisableCompression:     true,
	}}
}

// do makes one request and returns when the head of the answer is there.
func (s *stdClient) do(ctx context.Context, at address, head http.Header, keep bool) (*Answer, error) {
	req := at.request().WithContext(ctx)
	req.Header = head
	req.Close = !keep
	resp, err := s.rt.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	return &Answer{Status: resp.StatusCode, Header: resp.Header, Body: resp.Body, HeadBytes: headSize(resp.Status, resp.Header)}, nil
}

func (s *stdClient) close() { s.rt.CloseIdleConnections() }

// headSize returns how long the head of an answer is when it is written plainly.
func headSize(status string, h http.Header) int {
	n := len("HTTP/1.1 \r\n\r\n") + len(status)
	for name, values := range h {
		for _, v := range values {
			n += len(name) + len(": \r\n") + len(v)
		}
	}
	return n
}

// tls returns what secure connections ask for. A user who gives up on the
// camera's certificate also gets the versions and ciphers of old cameras.
func (o *Options) tls() *tls.Config {
	if !o.TLSInsecure {
		return &tls.Config{}
	}
	old := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		old.CipherSuites = append(old.CipherSuites, suite.ID)
	}
	return old
}

func (o *Options) hasCredentials() bool { return o.Username != "" || o.Password != "" }
