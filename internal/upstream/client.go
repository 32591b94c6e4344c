package upstream

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"camhub/internal/source"
)

// What one request may take.
const (
	answerTimeout = 10 * time.Second // from the request to the end of the answer's headers
	drainTimeout  = 2 * time.Second  // for the text that comes with a challenge

	maxAnswerHeader = 64 << 10
	maxDrain        = 64 << 10
	maxRedirects    = 5
	maxChallenges   = 2 // the second because the nonce was stale
)

// Client asks a camera, over one connection at a time. It is for one attempt
// and for one goroutine. It remembers between requests where redirects led and
// what the camera challenged with.
type Client struct {
	cam     *Camera
	onQuirk func(name string)
	line    *line
	std     *stdClient
	raw     *rawClient
	at      address
	auth    authorizer
	trace   Trace
}

// Request is what Get asks for, beyond the camera's address.
type Request struct {
	// Header is sent to the camera's own address, besides what the user
	// configured. It may be nil.
	Header http.Header
	// KeepAlive asks the camera to keep the connection for another request.
	KeepAlive bool
	// AnyStatus makes Get return an answer of any status that is neither a
	// redirect nor a challenge that it can answer.
	AnyStatus bool
}

// Answer is what a camera said. Its body must be closed before the next Get;
// when it is read to its end, the connection may serve that too.
type Answer struct {
	Status    int
	Header    http.Header
	Body      io.ReadCloser // blocks until the camera sends or the context of Get ends
	HeadBytes int           // about what came before the body
}

// Get asks for the camera's address, follows redirects and answers challenges.
// Without AnyStatus it returns answers of status 2xx, and of 304 when the
// request had a condition. It may block until each of the deadlines above has
// passed, and for a chunked body until its first byte; ctx ends it, and the
// body that it returns. The error is a *source.Error, or the cause of ctx.
func (c *Client) Get(ctx context.Context, req Request) (*Answer, error) {
	c.line.use(ctx)
	answered := false // a challenge, in this call
	for redirects, challenges := 0, 0; ; {
		a, err := c.ask(ctx, req)
		if err != nil {
			if answered {
				c.cam.changeHabit()
			}
			return nil, err
		}
		switch {
		case a.Status == http.StatusUnauthorized && c.home() && c.cam.opt.hasCredentials() && challenges < maxChallenges:
			next, stale, err := c.cam.opt.answer(c.trace.Challenges)
			c.drain(a.Body)
			if challenges++; err != nil {
				return nil, unauthorized("The camera asks for a kind of login that the hub does not know.", err)
			}
			if answered && !stale {
				if c.cam.closing.Load() {
					c.cam.changeHabit()
				}
				return nil, unauthorized("The camera does not accept the user name and password.", nil)
			}
			c.auth, answered = next, true
		case isRedirect(a.Status):
			a.Body.Close()
			if redirects++; redirects > maxRedirects {
				return nil, source.Errorf(CodeRedirect, "The camera redirects in circles.")
			}
			next, err := c.at.resolve(a.Header.Get("Location"))
			if err != nil {
				return nil, failure(CodeRedirect, "The camera redirects to an address that can't be used.", err)
			}
			c.at = next
			c.trace.Redirects = append(c.trace.Redirects, next.String())
		case a.Status/100 == 2, a.Status == http.StatusNotModified && isConditional(req.Header), req.AnyStatus:
			return a, nil
		default:
			a.Body.Close()
			return nil, c.refusal(a.Status, answered)
		}
	}
}

// Close closes the connection, and returns when nothing of the client is left
// running. The bodies it has given end.
func (c *Client) Close() {
	c.line.close()
	c.std.close()
}

// home reports whether no redirect has led away from the configured host.
func (c *Client) home() bool { return c.at.sameOrigin(c.cam.opt.address) }

// refusal is the error of an answer without pictures.
func (c *Client) refusal(status int, answered bool) *source.Error {
	switch {
	case status != http.StatusUnauthorized:
		return statusError(status)
	case answered:
		return unauthorized("The camera does not accept the user name and password.", nil)
	case !c.home() && c.cam.opt.hasCredentials():
		return unauthorized("The camera redirects to "+c.at.origin()+", where the user name and password are not sent: "+
			"put that into the address if you trust it.", nil)
	}
	return statusError(status)
}

// ask makes one request. What the user configured for the camera's address is
// sent to that scheme, host and port only.
func (c *Client) ask(ctx context.Context, req Request) (*Answer, error) {
	head := make(http.Header)
	head.Set("User-Agent", "camhub")
	head.Set("Accept", "*/*")
	if c.home() {
		for name, value := range c.cam.opt.Headers {
			head.Set(name, value)
		}
		for name, values := range req.Header {
			head[name] = values
		}
		if c.auth != nil {
			header, err := c.auth(c.at)
			if err != nil {
				return nil, unauthorized("The camera asks for a kind of login that the hub does not know.", err)
			}
			head.Set("Authorization", header)
		}
	}
	c.trace.begin(c.at)
	a, err := c.exchange(ctx, head, req.KeepAlive || c.cam.opt.hasCredentials())
	c.trace.Connections = c.line.connections()
	switch {
	case err == nil:
		c.trace.take(a)
		return a, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	c.trace.fail(err)
	return nil, connectError(err)
}

// exchange sends a request and takes the head of the answer. When a connection
// that is to be kept is closed without an answer, some cameras only want to be
// told that it is not.
func (c *Client) exchange(ctx context.Context, head http.Header, keep bool) (*Answer, error) {
	closing := c.cam.closing.Load()
	a, err := c.once(ctx, head, keep && !closing)
	if err == nil || !keep || closing || !isDropped(err) || ctx.Err() != nil {
		return a, err
	}
	if a, err = c.once(ctx, head, false); err == nil {
		c.cam.closing.Store(true)
		c.quirk(ConnectionClose)
	}
	return a, err
}

// once sends a request by net/http, and once more by the tolerant client when
// net/http can't take the answer.
func (c *Client) once(ctx context.Context, head http.Header, keep bool) (*Answer, error) {
	if c.cam.tolerated() == "" {
		c.trace.Requests++
		a, err := c.std.do(ctx, c.at, head, keep)
		bad, isBad := errors.AsType[*malformedError](err)
		if !isBad || ctx.Err() != nil {
			return a, err
		}
		c.cam.tolerate(bad.quirk)
	}
	c.trace.Requests++
	why := c.cam.tolerated()
	anyLength := c.cam.anyLength.Load()
	if (why == StrayLength || anyLength) && (c.auth != nil || !c.cam.opt.hasCredentials()) {
		keep = false // the end of the connection is the end of the body
	}
	a, err := c.raw.do(ctx, c.at, head, keep, anyLength)
	if err == nil && (why != MalformedHTTP || !c.raw.named) {
		c.quirk(why)
	}
	return a, err
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// isConditional reports whether a request may be answered with 304.
func isConditional(h http.Header) bool {
	return h.Get("If-None-Match") != "" || h.Get("If-Modified-Since") != ""
}

// drain reads the rest of a short answer, so that its connection can be used
// for the next request, and closes it. It gives up on a long or a slow one.
func (c *Client) drain(body io.ReadCloser) {
	defer body.Close()
	t := time.AfterFunc(drainTimeout, c.line.hangUp)
	defer t.Stop()
	if _, err := io.CopyN(io.Discard, body, maxDrain); !errors.Is(err, io.EOF) {
		c.line.hangUp()
	}
}
