// Package hubclient asks a running hub over its REST API.
package hubclient

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
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

// unixPrefix begins an address that is a Unix-domain socket.
const unixPrefix = "unix:"

// Client asks one hub. It is safe for concurrent use.
type Client struct {
	address string // as people write it, without a slash at the end
	base    string // of what is asked for
	token   string
	http    *http.Client
}

// New returns a client of the hub at an address such as http://127.0.0.1:8080, or
// unix: and the path of a socket, with an API token, or "" for a hub that answers
// without. The token goes to that address only: redirects are not followed, and no
// proxy is asked. Of a hub on this machine any certificate is taken, since who could
// stand between is in the machine already.
func New(address, token string) (*Client, error) {
	transport := &http.Transport{ResponseHeaderTimeout: startWithin, DisableKeepAlives: true}
	c := &Client{token: token, http: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if path, ok := strings.CutPrefix(address, unixPrefix); ok && path != "" {
		c.address, c.base = address, "http://localhost"
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		}
		return c, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the hub's address must be one such as http://127.0.0.1:8080, without user name and query, or unix: and a path")
	}
	c.address = strings.TrimRight(u.String(), "/")
	c.base = c.address
	if isLoopback(u.Hostname()) {
		transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	}
	return c, nil
}

// NewUnverified is New, without a token, for who sends no secret and asks only whether a hub
// is there: any certificate is taken of it, wherever it is.
func NewUnverified(address string) (*Client, error) {
	c, err := New(address, "")
	if err == nil {
		c.http.Transport.(*http.Transport).TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	}
	return c, err
}

// isLoopback reports whether a host is this machine.
func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
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
	case http.StatusPermanentRedirect:
		text += " (this address leads to HTTPS: give the one with https)"
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
		return u.Err
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
