package upstream

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"

	"camhub/internal/jpegstream"
)

// stdClient asks by means of net/http. It knows no proxy, no compression and
// no HTTP/2.
type stdClient struct {
	rt       *http.Transport
	tolerate func(quirk string) // told of what goes wrong within a body
}

// malformedError says that net/http can't take the answer that is there.
type malformedError struct {
	quirk string
	err   error
}

func (e *malformedError) Error() string { return e.err.Error() }

func (e *malformedError) Unwrap() error { return e.err }

// errStray is for an answer that net/http would cut.
var errStray = errors.New("a stream has a Content-Length")

func newStdClient(l *line, tolerate func(quirk string)) *stdClient {
	return &stdClient{tolerate: tolerate, rt: &http.Transport{
		DialContext:            l.dial,
		DialTLSContext:         l.dialTLS,
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{},
		ResponseHeaderTimeout:  answerTimeout,
		MaxResponseHeaderBytes: maxAnswerHeader,
		DisableCompression:     true,
	}}
}

// do makes one request and returns when the head of the answer is there, and
// the first byte of a body of which that byte tells whether net/http can read
// it. The error is a *malformedError when there is an answer that it can't.
func (s *stdClient) do(ctx context.Context, at address, head http.Header, keep bool) (*Answer, error) {
	var began atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotFirstResponseByte: func() { began.Store(true) }})
	req := at.request().WithContext(ctx)
	req.Header = head
	req.Close = !keep
	resp, err := s.rt.RoundTrip(req)
	switch {
	case err != nil && began.Load() && isMalformed(err):
		return nil, &malformedError{MalformedHTTP, err}
	case err != nil:
		return nil, err
	}
	body := &stdBody{ReadCloser: resp.Body, tolerate: s.tolerate}
	_, multipart := jpegstream.Boundary(resp.Header.Get("Content-Type"))
	chunked := len(resp.TransferEncoding) > 0
	switch {
	case hasSpacedName(resp.Header):
		err = &malformedError{MalformedHTTP, errors.New("a header name ends with a space")}
	case multipart && resp.ContentLength >= 0 && resp.StatusCode == http.StatusOK:
		err = &malformedError{StrayLength, errStray}
	case chunked, resp.ProtoMinor == 0 && resp.ContentLength < 0:
		err = body.peek(chunked)
	}
	if err != nil {
		resp.Body.Close()
		return nil, err
	}
	return &Answer{Status: resp.StatusCode, Header: resp.Header, Body: body, HeadBytes: headSize(resp.Status, resp.Header)}, nil
}

func (s *stdClient) close() { s.rt.CloseIdleConnections() }

// isMalformed reports whether an error that came after the first byte of an
// answer is about what the camera sent, and not about the connection.
func isMalformed(err error) bool {
	var lost net.Error
	return !errors.As(err, &lost) && !isDropped(err) && !errors.Is(err, net.ErrClosed) &&
		!errors.Is(err, context.Canceled) && !strings.Contains(err.Error(), "headers exceeded")
}

// hasSpacedName reports whether a field was left unread because of a space
// before its colon.
func hasSpacedName(h http.Header) bool {
	for name := range h {
		if strings.HasSuffix(name, " ") || strings.HasSuffix(name, "\t") {
			return true
		}
	}
	return false
}

// stdBody is a body that net/http reads.
type stdBody struct {
	io.ReadCloser
	first    []byte // read already
	err      error  // of that read
	tolerate func(quirk string)
}

// peek reads the first bytes of the body and returns a *malformedError when
// they are not in the chunks that were announced, or in such as the version of
// HTTP does not have (net/http ignores them in HTTP/1.0).
func (b *stdBody) peek(chunked bool) error {
	buf := make([]byte, 64)
	n, err := b.ReadCloser.Read(buf)
	b.first, b.err = buf[:n], err
	if chunked && n == 0 && isMalformedChunk(err) {
		return &malformedError{MalformedChunks, err}
	}
	size, data, ok := bytes.Cut(b.first, []byte("\r\n"))
	if !chunked && ok && len(size) > 0 && len(bytes.TrimLeft(size, "0123456789abcdefABCDEF")) == 0 &&
		(bytes.HasPrefix(data, []byte("--")) || bytes.HasPrefix(data, []byte("\xff\xd8\xff"))) {
		return &malformedError{MalformedChunks, errors.New("chunks in HTTP/1.0")}
	}
	return nil
}

// Read implements io.Reader.
func (b *stdBody) Read(p []byte) (int, error) {
	if len(b.first) > 0 {
		n := copy(p, b.first)
		b.first = b.first[n:]
		return n, nil
	}
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.ReadCloser.Read(p)
	if isMalformedChunk(err) {
		b.tolerate(MalformedChunks)
	}
	return n, err
}

// isMalformedChunk reports whether err is net/http's about the format of
// chunks; it has no name for them.
func isMalformedChunk(err error) bool {
	return err != nil && strings.Contains(err.Error(), "chunk")
}

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
