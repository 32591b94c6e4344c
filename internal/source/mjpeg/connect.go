package mjpeg

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"time"

	"camhub/internal/source"
)

// What one attempt may take.
const (
	connectTimeout = 5 * time.Second
	tlsTimeout     = 5 * time.Second
	answerTimeout  = 10 * time.Second // from the request to the end of the answer's headers
	drainTimeout   = 2 * time.Second  // for the text that comes with a challenge

	maxAnswerHeader = 64 << 10
	maxDrain        = 64 << 10
	maxRedirects    = 5
	maxChallenges   = 2 // the second because the nonce was stale
)

// transport returns what makes the one connection of an attempt. It knows no
// proxy, no compression and no HTTP/2. The connection is kept only for the
// answer to a challenge: some cameras want both requests on one.
func (c *Config) transport() *http.Transport {
	dialer := &net.Dialer{Timeout: connectTimeout}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    tlsTimeout,
		TLSClientConfig:        c.tls(),
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{},
		ResponseHeaderTimeout:  answerTimeout,
		MaxResponseHeaderBytes: maxAnswerHeader,
		DisableCompression:     true,
		DisableKeepAlives:      !c.hasCredentials(),
	}
}

// tls returns what secure connections ask for. A user who gives up on the
// camera's certificate also gets the versions and ciphers of old cameras.
func (c *Config) tls() *tls.Config {
	if !c.TLSInsecure {
		return nil
	}
	old := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		old.CipherSuites = append(old.CipherSuites, suite.ID)
	}
	return old
}

func (c *Config) hasCredentials() bool { return c.Username != "" || c.Password != "" }

// connect asks for the pictures, follows redirects and answers challenges. The
// caller closes the body of the response. The error is an *source.Error, or
// the context's.
func (c *Config) connect(ctx context.Context, rt http.RoundTripper) (*http.Response, error) {
	var auth authorizer
	at := c.address
	for redirects, challenges := 0, 0; ; {
		resp, err := c.get(ctx, rt, at, auth)
		if err != nil {
			return nil, err
		}
		switch {
		case resp.StatusCode == http.StatusUnauthorized && at.sameOrigin(c.address) &&
			c.hasCredentials() && challenges < maxChallenges:
			next, err := c.answer(resp.Header)
			stale := hasStale(resp.Header)
			drain(resp.Body)
			if challenges++; err != nil {
				return nil, unauthorized("The camera asks for a kind of login that the hub does not know.", err)
			}
			if auth != nil && !stale {
				return nil, unauthorized("The camera does not accept the user name and password.", nil)
			}
			auth = next
		case isRedirect(resp.StatusCode):
			resp.Body.Close()
			if redirects++; redirects > maxRedirects {
				return nil, source.Errorf(codeRedirect, "The camera redirects in circles.")
			}
			if at, err = at.resolve(resp.Header.Get("Location")); err != nil {
				return nil, failure(codeRedirect, "The camera redirects to an address that can't be used.", err)
			}
		case resp.StatusCode/100 != 2:
			resp.Body.Close()
			if resp.StatusCode == http.StatusUnauthorized && auth != nil {
				return nil, unauthorized("The camera does not accept the user name and password.", nil)
			}
			return nil, statusError(resp.StatusCode)
		default:
			return resp, nil
		}
	}
}

// get makes one request. What the user configured for the camera's address is
// sent to that scheme, host and port only.
func (c *Config) get(ctx context.Context, rt http.RoundTripper, at address, auth authorizer) (*http.Response, error) {
	req := at.request().WithContext(ctx)
	req.Header.Set("User-Agent", "camhub")
	req.Header.Set("Accept", "*/*")
	if at.sameOrigin(c.address) {
		for name, value := range c.Headers {
			req.Header.Set(name, value)
		}
		if auth != nil {
			header, err := auth(at)
			if err != nil {
				return nil, unauthorized("The camera asks for a kind of login that the hub does not know.", err)
			}
			req.Header.Set("Authorization", header)
		}
	}
	resp, err := rt.RoundTrip(req)
	switch {
	case err == nil:
		return resp, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	return nil, connectError(err)
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// drain reads the rest of a short answer, so that its connection can be used
// for the next request, and closes it. It gives up on a long or a slow one.
func drain(body io.ReadCloser) {
	defer body.Close()
	t := time.AfterFunc(drainTimeout, func() { body.Close() })
	defer t.Stop()
	_, _ = io.CopyN(io.Discard, body, maxDrain)
}
