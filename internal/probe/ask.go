package probe

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"camhub/internal/jpegstream"
	"camhub/internal/source"
	"camhub/internal/upstream"
)

// finding is what one address answered.
type finding struct {
	candidate
	answer   Answer
	url      string // after redirects
	trace    upstream.Trace
	kind     string // the Content-Type
	text     []byte // of an answer that is no picture, its beginning
	page     page   // that the text is, if it is one
	pictures *pictures
	quirks   []string
	secret   bool          // user name and password were for this address
	err      *source.Error // why there was no answer
}

// errSlow ends a request whose time is up.
var errSlow = source.Errorf(upstream.CodeTimeout, "The camera did not answer in time.")

// ask asks one address and looks at the answer. It has closed its connection
// when it returns.
func (r *run) ask(c candidate) *finding {
	f := &finding{candidate: c, url: c.url}
	options := r.options
	options.URL = c.url
	if f.secret = r.target.covers(c.url); !f.secret {
		options.Username, options.Password, options.Headers = "", "", nil
	}
	f.secret = f.secret && (options.Username != "" || options.Password != "")
	if options.Check("", nil).ErrorOrNil() != nil {
		f.answer = NotFound // no address that can be asked
		return f
	}
	ctx, stop := context.WithCancelCause(r.ctx)
	defer stop(nil)
	end := time.AfterFunc(r.patience(c), func() { stop(errSlow) })
	defer end.Stop()
	client := upstream.New(options).Client(f.quirk)
	defer client.Close()
	client.Restrict(r.mayDial)
	answer, err := client.Get(ctx, upstream.Request{AnyStatus: true})
	f.trace = client.Trace()
	r.requests += max(f.trace.Requests, f.trace.Connections)
	if f.trace.URL != "" {
		f.url = f.trace.URL
	}
	if err != nil {
		f.fail(err)
		return f
	}
	defer answer.Body.Close()
	f.kind = answer.Header.Get("Content-Type")
	body := bufio.NewReader(r.counted(answer.Body))
	if f.answer = answerOf(answer.Status); f.answer != "" {
		f.readPage(body)
		return f
	}
	f.look(r, body, end)
	return f
}

// fail takes down why there was no answer.
func (f *finding) fail(err error) {
	e, ok := errors.AsType[*source.Error](err)
	if !ok {
		e = &source.Error{Code: upstream.CodeTimeout, Message: errSlow.Message, Err: err}
	}
	f.err = e
	f.answer = answers[e.Code]
	if f.answer == "" {
		f.answer = Nothing
	}
	if e.Code == upstream.CodeUnauthorized && (!f.secret || e.Err != nil) { // a kind of login that can't be made
		f.answer = Challenge
	}
}

// answers are those of the codes of errors.
var answers = map[string]Answer{
	upstream.CodeRefused:      Refused,
	upstream.CodeUnreachable:  Unreachable,
	upstream.CodeDNS:          DNS,
	upstream.CodeTimeout:      Nothing,
	upstream.CodeLost:         Nothing,
	upstream.CodeTLS:          TLS,
	upstream.CodeUnauthorized: WrongPassword,
	upstream.CodeRedirect:     Redirect,
	upstream.CodeNotACamera:   NotACamera,
	upstream.CodeTooLarge:     NotACamera,
}

// answerOf returns what a status says, or "" when the body has to tell.
func answerOf(status int) Answer {
	switch {
	case status/100 == 2:
		return ""
	case status == http.StatusUnauthorized:
		return Challenge
	case status == http.StatusForbidden:
		return Forbidden
	case status == http.StatusNotFound, status == http.StatusGone:
		return NotFound
	case status == http.StatusServiceUnavailable, status == http.StatusTooManyRequests:
		return Busy
	}
	return HTTPStatus
}

// sniffed is how many bytes of a body tell a web page from pictures.
const sniffed = 64

// look reads a body: pictures, a web page, or something else. end is the timer
// that ends it.
func (f *finding) look(r *run, body *bufio.Reader, end *time.Timer) {
	begin, err := body.Peek(1)
	for n := 2; err == nil && n <= sniffed && len(bytes.TrimSpace(begin)) == 0; n++ {
		begin, err = body.Peek(n)
	}
	_, multipart := jpegstream.Boundary(f.kind)
	kind := strings.ToLower(f.kind)
	switch {
	case len(begin) == 0:
		f.answer = Nothing
	case bytes.HasPrefix(bytes.TrimSpace(begin), []byte{'<'}) && !multipart && !strings.HasPrefix(kind, "image/jp"):
		f.readPage(body)
		f.answer = NotACamera
		if f.page.login {
			f.answer = LoginPage
		}
	case isOther(kind):
		f.answer = NotACamera
	default:
		r.tell("Something comes. Looking for pictures in it.", f.url)
		f.pictures = watch(body, f.kind, jpegstream.Options{MaxFrameBytes: r.options.MaxFrameBytes, OnQuirk: f.quirk}, end)
		f.answer = f.pictures.answer()
	}
}

// answer says what the pictures are.
func (p *pictures) answer() Answer {
	switch {
	case p.n == 0 && p.dropped > 0:
		return Broken
	case p.n == 0:
		return NotACamera
	case p.still():
		return Snapshot
	}
	return Stream
}

// readPage reads the text of an answer that is no picture.
func (f *finding) readPage(body io.Reader) {
	most := int64(maxPage)
	if f.why >= byDevice {
		most = maxGuessed
	}
	f.text, _ = io.ReadAll(io.LimitReader(body, most)) // what came, if it broke off
	f.page = readPage(f.url, f.text)
}

// quirk takes down what had to be tolerated.
func (f *finding) quirk(name string) {
	if !slices.Contains(f.quirks, name) {
		f.quirks = append(f.quirks, name)
	}
}

// fingerprint returns what tells a device: the head of the answer and the text
// of its page, in lower case.
func (f *finding) fingerprint() (head, text string) {
	var b strings.Builder
	b.WriteString("server=" + f.trace.Header.Get("Server") + "\n")
	for _, c := range f.trace.Challenges {
		b.WriteString("realm=" + c.Realm + "\n")
	}
	b.WriteString("<title>" + f.page.title)
	return strings.ToLower(b.String()), strings.ToLower(string(f.text))
}

// isOther reports whether a Content-Type is one that holds no JPEG, even when
// it lies.
func isOther(kind string) bool {
	kind, _, _ = strings.Cut(kind, ";")
	return slices.ContainsFunc([]string{"video/", "audio/", "application/json", "application/vnd.apple.mpegurl", "application/x-mpegurl", "image/png", "image/gif", "image/svg", "image/webp"},
		func(prefix string) bool { return strings.HasPrefix(strings.TrimSpace(kind), prefix) })
}
