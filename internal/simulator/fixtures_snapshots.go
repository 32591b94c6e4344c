package simulator

import (
	"fmt"
	"maps"
	"net/http"
	"time"
)

// snapshot answers each request with one picture.
type snapshot struct {
	hold     int           // the picture is the same for so many of the film; 0 is a new one for each request
	delay    time.Duration // before an answer
	etag     bool
	modified bool
	ignore   bool // the conditions of a request
	close    bool // no length, and the connection ends with the picture
	picture  func(b []byte) []byte
	send     func(x *exchange, b []byte) error // the whole answer, in another form
}

func (s snapshot) serve(x *exchange) error {
	err := sleep(x.ctx, s.delay)
	if err != nil {
		return err
	}
	n := x.film.now()
	if s.hold > 0 {
		n -= n % s.hold
	} else if n, err = x.film.next(x.ctx, 0, 1); err != nil { // a new one for each request
		return err
	}
	tag := fmt.Sprintf(`"picture-%d"`, n)
	date := x.film.timeOf(n).UTC().Format(http.TimeFormat)
	var header []string
	same := false
	if s.etag {
		header = append(header, "ETag: "+tag+"\r\n")
		same = x.get("if-none-match") == tag
	}
	if s.modified {
		header = append(header, "Last-Modified: "+date+"\r\n")
		same = same || !s.etag && x.get("if-modified-since") == date
	}
	if same && !s.ignore {
		return x.answer("304 Not Modified", "", "", header...)
	}
	b := x.picture(n)
	if s.picture != nil {
		b = s.picture(b)
	}
	switch {
	case s.send != nil:
		return s.send(x, b)
	case s.close:
		if err := x.writeString("HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + string(b)); err != nil {
			return err
		}
		return errClose
	}
	return x.answer("200 OK", "image/jpeg", string(b), header...)
}

// polled returns options of the kind snapshot, with others.
func polled(others map[string]any) map[string]any {
	all := map[string]any{"kind": "snapshot", "interval": "500ms"}
	maps.Copy(all, others)
	return all
}

// snapshots is cameras that give one picture a request.
var snapshots = []Fixture{
	{
		Name:    "snap_only",
		Doc:     "The camera gives one picture a request.",
		Seen:    "Reolink, Sercomm and many others",
		Want:    pictures(),
		options: polled(nil),
		handler: snapshot{},
	},
	{
		Name:    "snap_etag",
		Doc:     "The pictures have an ETag and change every 0.9 s; 304 answers between.",
		Want:    pictures(),
		options: polled(nil),
		handler: snapshot{etag: true, hold: 9},
	},
	{
		Name:    "snap_modified",
		Doc:     "The pictures have a Last-Modified and change every 1.1 s; 304 answers between.",
		Want:    pictures(),
		options: polled(nil),
		handler: snapshot{modified: true, hold: 11},
	},
	{
		Name:    "snap_identical",
		Doc:     "The pictures have an ETag and change every 0.9 s, and conditions are ignored.",
		Want:    pictures(),
		options: polled(nil),
		handler: snapshot{etag: true, ignore: true, hold: 9},
	},
	{
		Name:    "snap_slow",
		Doc:     "A picture takes 0.9 s, longer than the interval.",
		Want:    pictures("slow-answers"),
		options: polled(nil),
		handler: snapshot{delay: 900 * time.Millisecond},
	},
	{
		Name:    "snap_close",
		Doc:     "The picture has no length and ends with the connection, under HTTP/1.0.",
		Want:    pictures(),
		options: polled(nil),
		handler: snapshot{close: true},
	},
	{
		Name:    "snap_chunked",
		Doc:     "The picture is chunked.",
		Want:    pictures(),
		options: polled(nil),
		handler: snapshot{send: func(x *exchange, b []byte) error {
			if err := x.writeString(chunkedHead + "Content-Type: image/jpeg\r\n\r\n"); err != nil {
				return err
			}
			if err := chunks(1000, "%x")(x, b); err != nil {
				return err
			}
			return x.writeString("0\r\n\r\n")
		}},
	},
	{
		Name:    "snap_nodht",
		Doc:     "The pictures have no Huffman tables.",
		Want:    pictures("missing-huffman-tables"),
		options: polled(nil),
		handler: snapshot{picture: func(b []byte) []byte { return without(b, mDHT) }},
	},
	{
		Name:    "snap_padded",
		Doc:     "Zeros follow the end of the picture.",
		Want:    pictures(),
		options: polled(nil),
		handler: snapshot{picture: func(b []byte) []byte { return append(b, make([]byte, 700)...) }},
	},
	{
		Name:    "snap_login",
		Doc:     "One picture a request, and each asks for a Basic login.",
		Want:    pictures(),
		options: polled(credentials),
		handler: basic("camera", snapshot{}),
	},
	{
		Name:    "snap_multi",
		Doc:     "An address that is configured for single pictures answers with a stream.",
		Seen:    "cameras of node-onvif#33",
		Want:    pictures("stream-not-snapshot"),
		options: polled(nil),
		handler: stream{},
	},
	{
		Name:    "multi_snap",
		Doc:     "An address that is configured as a stream answers with one picture.",
		Seen:    "cameras that go2rtc knows",
		Want:    pictures("single-picture"),
		handler: snapshot{},
	},
	{
		Name:    "multi_snap_close",
		Doc:     "The same without a length, under HTTP/1.0.",
		Want:    pictures("single-picture"),
		handler: snapshot{close: true},
	},
	{
		Name:    "snap_privacy",
		Doc:     "The camera answers 406, in its privacy mode.",
		Seen:    "Sercomm",
		Want:    reason("http-status"),
		options: polled(nil),
		handler: page("406 Not Acceptable", "text/plain", "privacy mode\n"),
	},
	{
		Name:    "snap_html",
		Doc:     "A login page answers instead of a picture.",
		Want:    reason("not-a-camera"),
		options: polled(nil),
		handler: page("200 OK", "text/html", loginPage),
	},
	{
		Name:    "snap_missing",
		Doc:     "There is no picture at the address.",
		Want:    reason("not-found"),
		options: polled(nil),
		handler: page("404 Not Found", "text/html", "<h1>404</h1>\n"),
	},
	{
		Name:    "snap_stall",
		Doc:     "The camera takes the request for a picture and never answers.",
		Want:    reason("stalled", "timeout"),
		options: polled(nil),
		handler: handlerFunc(silence),
	},
}
