package httpcam

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"camhub/internal/jpegstream"
	"camhub/internal/upstream"
)

// How long the camera may be silent within an answer that should hold one
// picture. The worker can't tell: it has the patience for the whole interval.
const (
	byteTimeout = 10 * time.Second // before the picture is there
	endTimeout  = 2 * time.Second  // when only the end of the answer is missing, or the interval
	leastEnd    = 250 * time.Millisecond
)

// errSilent is why a request is given up.
var errSilent = errors.New("httpcam: nothing comes")

// answer is one answer of the camera while it is read.
type answer struct {
	header    http.Header
	multipart bool
	length    int64 // Content-Length, or -1
	pictures  *jpegstream.Reader

	body    io.Reader
	account func(n int)   // is told of the bytes
	read    int64         // bytes of the body
	limit   time.Duration // of silence; 0: none
	silence *time.Timer
}

// newAnswer begins to read an answer. giveUp is called when the camera is
// silent for too long. The caller stops silence at the end.
func newAnswer(resp *upstream.Answer, a *attempt, giveUp func()) *answer {
	in := &answer{header: resp.Header, length: -1, body: resp.Body, account: a.received}
	if n, err := strconv.ParseInt(resp.Header.Get("Content-Length"), 10, 64); err == nil {
		in.length = n
	}
	boundary, multipart := jpegstream.Boundary(resp.Header.Get("Content-Type"))
	in.multipart = multipart
	in.silence = time.AfterFunc(byteTimeout, giveUp)
	in.silence.Stop()
	if a.Single {
		in.expectBytes()
	}
	in.pictures = jpegstream.NewReader(in, jpegstream.Options{
		Boundary:      boundary,
		MaxFrameBytes: a.Camera.MaxFrameBytes(),
		OnQuirk:       a.out.Quirk,
	})
	return in
}

// expectBytes says that the camera has to send on.
func (in *answer) expectBytes() {
	in.limit = byteTimeout
	in.silence.Reset(in.limit)
}

// expectEnd says that nothing is missing but the end of the answer.
func (in *answer) expectEnd(interval time.Duration) {
	in.limit = min(endTimeout, max(leastEnd, interval))
	in.silence.Reset(in.limit)
}

// Read implements io.Reader: it keeps the books of the body.
func (in *answer) Read(p []byte) (int, error) {
	n, err := in.body.Read(p)
	if n > 0 {
		in.read += int64(n)
		in.account(n)
		if in.limit > 0 {
			in.silence.Reset(in.limit)
		}
	}
	return n, err
}

// good returns how many pictures there were.
func (in *answer) good() int {
	n, _ := in.pictures.Pictures()
	return n
}

// cutByLength reports whether it looks as if the Content-Length, and not the
// camera, ended a picture.
func (in *answer) cutByLength() bool {
	_, dropped := in.pictures.Pictures()
	return in.read == in.length && (dropped > 0 || in.length == 0)
}

// mediaType returns the type that the camera gave, in lower case.
func (in *answer) mediaType() string {
	mediaType, _, _ := strings.Cut(in.header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(mediaType))
}

// plausible reports whether the answer may have been meant as a picture.
func (in *answer) plausible() bool {
	t := in.mediaType()
	return t == "" || in.multipart || strings.HasPrefix(t, "image/") || t == "application/octet-stream"
}
