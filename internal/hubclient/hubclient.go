// Package hubclient asks a running hub over its REST API.
package hubclient

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Limits of a call.
const (
	maxAnswer   = 64 << 20
	callLimit   = 30 * time.Second
	startWithin = 2 * time.Minute // an answer that is as long as it likes
)

// Client asks one hub. It is safe for concurrent use.
type Client struct {
	address string // as it was given
	base    string // without a slash at the end
	token   string
	http    *http.Client
}

// New returns a client of the hub at an address such as http://127.0.0.1:8080, or unix: and
// the path of a socket, with an
// API token, or "" for a hub that answers without. The token goes to that address only:
// redirects are not followed, and no proxy is asked. A hub with HTTPS must have a
// certificate that trusted vouches for; nil is the system.
func New(address, token string, trusted *x509.CertPool) (*Client, error) {
	at := address
	socket, isSocket := strings.CutPrefix(address, "unix:")
	if isSocket && socket != "" {
		at = "http://localhost"
	}
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the hub's address must be one such as http://127.0.0.1:8080, without user name and query, or unix: and a path")
	}
	transport := &http.Transport{ResponseHeaderTimeout: startWithin, DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: trusted}}
	if isSocket {
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		}
	}
	return &Client{
		address: strings.TrimRight(address, "/"), base: strings.TrimRight(u.String(), "/"), token: token,
		http: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Address returns the address of the hub.
func (c *Client) Address() string { return c.address }

// Error is a refusal by the hub, which is safe to show.
type Error struct {
	Status int
	Detail string
	Fields []Field
}

// Field is a fault of a field of what was sent.
type Field struct {
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
}

// Error implements error.
func (e *Error) Error() string {
	parts := []string{fmt.Sprintf("the hub answered %d: %s", e.Status, e.Detail)}
	for _, f := range e.Fields {
		parts = append(parts, strings.TrimPrefix(f.Pointer, "/")+" "+f.Detail)
	}
	text := strings.Join(parts, "; ")
	switch e.Status {
	case http.StatusUnauthorized:
		text += " (give an API token in CAMHUB_TOKEN; an admin makes one on the page /account)"
	case http.StatusForbidden:
		text += " (the token must be one of an admin)"
	}
	return text
}

// Get asks for path and decodes the answer into out, if that is not nil. The error is
// an *Error when the hub refuses.
func (c *Client) Get(ctx context.Context, path string, out any) error {
	return c.Do(ctx, http.MethodGet, path, nil, nil, out)
}

// Do sends a request with v as JSON, if that is not nil, and decodes the answer into
// out, if that is not nil. It takes no longer than 30 s.
func (c *Client) Do(ctx context.Context, method, path string, head http.Header, v, out any) error {
	b, err := c.send(ctx, method, path, head, v)
	if err != nil {
		return fmt.Errorf("%s %s%s: %w", method, c.address, path, err)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fmt.Errorf("%s %s%s: this is no answer of a camhub: %w", method, c.address, path, err)
	}
	return nil
}

// Open asks for path and returns the answer, however long it is, whose body the caller
// closes. It waits up to 2 minutes for the beginning. The error is an *Error when the hub
// refuses.
func (c *Client) Open(ctx context.Context, path string) (*http.Response, error) {
	resp, err := c.ask(ctx, http.MethodGet, path, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("GET %s%s: %w", c.address, path, err)
	}
	return resp, nil
}

func (c *Client) send(ctx context.Context, method, path string, head http.Header, v any) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	resp, err := c.ask(ctx, method, path, head, v)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return readAll(resp)
}

// ask sends a request and returns the answer, unless it is a refusal.
func (c *Client) ask(ctx context.Context, method, path string, head http.Header, v any) (*http.Response, error) {
	var body io.Reader
	if v != nil {
		b, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	for name, values := range head {
		req.Header[name] = values
	}
	if v != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, inner(err)
	}
	if strings.HasPrefix(resp.Header.Get("Location"), "https:") && strings.HasPrefix(c.base, "http:") {
		resp.Body.Close()
		return nil, &Error{Status: resp.StatusCode, Detail: "it serves HTTPS: give its address with https://"}
	}
	if resp.StatusCode >= 200 && resp.StatusCode <= 299 {
		return resp, nil
	}
	defer resp.Body.Close()
	b, err := readAll(resp)
	if err != nil {
		return nil, err
	}
	return nil, refusal(resp, b)
}

func readAll(resp *http.Response) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if len(b) > maxAnswer {
		return nil, errors.New("the answer is too long")
	}
	return b, nil
}

// inner returns the cause of an error of the HTTP client, which says method and
// address once more.
func inner(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if errors.As(err, new(*tls.CertificateVerificationError)) {
		err = fmt.Errorf("%w (a certificate that a hub has signed itself is known from its data folder: give that with --data)", err)
	}
	return err
}

// refusal reads a problem document (RFC 9457).
func refusal(resp *http.Response, body []byte) error {
	var p struct {
		Title  string  `json:"title"`
		Detail string  `json:"detail"`
		Errors []Field `json:"errors"`
	}
	e := &Error{Status: resp.StatusCode, Detail: http.StatusText(resp.StatusCode)}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/problem+json") && json.Unmarshal(body, &p) == nil {
		e.Fields = p.Errors
		if p.Detail != "" {
			e.Detail = p.Detail
		} else if p.Title != "" {
			e.Detail = p.Title
		}
	}
	return e
}
