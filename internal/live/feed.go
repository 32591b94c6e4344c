package live

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/hub"
	"camhub/internal/rendition"
	"camhub/internal/stream"
)

// feedHeader is sent before the first part of a feed.
var feedHeader = http.Header{
	"Content-Type":           {"multipart/x-mixed-replace; boundary=frame"},
	"Cache-Control":          {"no-store"},
	"X-Accel-Buffering":      {"no"}, // nginx
	"X-Content-Type-Options": {"nosniff"},
	"Referrer-Policy":        {"no-referrer"}, // its address may hold the secret of a share link
}

// feed sends a camera's pictures until the viewer leaves, the camera is
// removed, or the program stops. It outlives outages of the camera.
func (s *Server) feed(w http.ResponseWriter, r *http.Request, id camera.ID) error {
	advance, err := parseAdvance(r)
	if err != nil {
		return err
	}
	spec, err := parseSpec(r.URL.Query())
	if err != nil {
		return err
	}
	st, err := s.stream(id)
	if err != nil {
		return err
	}
	if r.Method == http.MethodHead {
		setHeader(w.Header())
		return nil
	}
	subscribe := func(ready func()) *stream.Reader { return s.subscribe(st, spec, ready) }
	if r.ProtoMajor == 1 {
		return s.feedConn(r.Context(), w, subscribe, advance)
	}
	return s.feedResponse(r.Context(), w, subscribe, advance)
}

// stream returns the stream of a camera that can have pictures.
func (s *Server) stream(id camera.ID) (*stream.Stream, error) {
	st, err := s.hub.Stream(id)
	if err != nil {
		return nil, err
	}
	if status, err := s.hub.Status(id); err == nil && status.State == hub.Disabled {
		return nil, fault.New(fault.Unavailable, "The camera %q is disabled.", id)
	}
	return st, nil
}

// subscribe adds a reader of the camera's pictures, or of a copy if there is
// something to change about them.
func (s *Server) subscribe(st *stream.Stream, spec rendition.Spec, ready func()) *stream.Reader {
	if spec == (rendition.Spec{}) {
		return st.SubscribeFunc(stream.Latest, ready)
	}
	return s.copies.SubscribeFunc(st, spec, ready)
}

// subscribeFunc adds a reader of what a viewer asked for, as SubscribeFunc of
// stream.Stream does.
type subscribeFunc func(ready func()) *stream.Reader

// parseAdvance says whether the next part's headers follow each picture at
// once. A browser shows a picture when it has seen them, and not when it has
// seen the picture's end, so for browsers they do.
func parseAdvance(r *http.Request) (advance bool, err error) {
	switch v := r.URL.Query().Get("advance"); v {
	case "":
		return strings.Contains(r.UserAgent(), "Mozilla/"), nil
	case "0", "1":
		return v == "1", nil
	default:
		return false, badParameter("advance", "must be 0 or 1")
	}
}

// badParameter is the fault of a parameter in the address.
func badParameter(name, detail string) error {
	return fault.InvalidFields("The parameters are not valid.", multierror.Append(nil, fault.Fieldf("/"+name, "%s", detail)))
}

func setHeader(h http.Header) {
	for name, values := range feedHeader {
		h[name] = values
	}
}

// feedConn takes the connection over, so that an HTTP/1.1 answer is not chunked
// and a picture is one write. The connection ends with the stream, or when the
// viewer loses the right to it.
func (s *Server) feedConn(ctx context.Context, w http.ResponseWriter, subscribe subscribeFunc, advance bool) error {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return fmt.Errorf("take the connection over: %w", err)
	}
	v := &viewer{conn: newPatient(conn), parts: newParts(advance), out: &s.out, back: make(chan struct{}, 1)}
	if err := s.adopt(v); err != nil {
		conn.Close()
		return nil
	}
	defer s.release(v)
	v.reader = subscribe(v.ready)
	defer context.AfterFunc(ctx, v.reader.Close)()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		v.awaitClose(buffered.Reader)
	}()
	v.run()
	v.reader.Close()
	conn.Close()
	<-gone
	return nil
}

// feedResponse sends a feed in the ordinary way, for HTTP/2.
func (s *Server) feedResponse(ctx context.Context, w http.ResponseWriter, subscribe subscribeFunc, advance bool) error {
	reader := subscribe(nil)
	defer reader.Close()
	setHeader(w.Header())
	parts := newParts(advance)
	next := parts.first()
	for sendPieces(w, next) == nil {
		p, err := reader.Next(ctx)
		if err != nil {
			sendPieces(w, [][]byte{closeFeed}) // the client is gone if this fails
			break
		}
		s.out.Add(p.Arrived, len(p.Data))
		next = parts.picture(p)
	}
	return nil
}

// chunkSize is what goes to a client of HTTP/2 with one deadline. It is what a frame
// holds (RFC 9113, section 4.2).
const chunkSize = 16 << 10

// sendPieces writes the pieces of one picture. It fails when the client has not taken
// a chunk in time. It leaves no deadline behind: HTTP/2 ends a stream when one
// passes, even if there is nothing to write.
func sendPieces(w http.ResponseWriter, pieces [][]byte) error {
	rc := http.NewResponseController(w)
	for _, piece := range pieces {
		for chunk := range slices.Chunk(piece, chunkSize) {
			if err := rc.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
				return err
			}
			if _, err := w.Write(chunk); err != nil {
				return err
			}
		}
	}
	if err := rc.Flush(); err != nil {
		return err
	}
	return rc.SetWriteDeadline(time.Time{})
}
