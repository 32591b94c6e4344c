package simulator

import (
	"fmt"
	"image"
	"strings"
)

const (
	multipart = "Content-Type: multipart/x-mixed-replace; boundary=frame\r\n"
	plainPart = "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {LEN}\r\n\r\n{PIC}\r\n"
	barePart  = "--frame\r\nContent-Type: image/jpeg\r\n\r\n{PIC}\r\n" // without length
)

// stream answers with a multipart of pictures. Its zero value is a camera
// without a defect.
type stream struct {
	status string // the status line; "" is HTTP/1.1 200 OK
	header string // the lines of the header; "" is the type with boundary frame
	head   string // all that comes before the body, instead of the two above
	before string // what comes before the first part

	// parts are the forms of the parts, which take turns. In them {PIC} is the
	// picture, {LEN} its length and {TIME} the time in Unix seconds. None is
	// plainPart.
	parts []string
	// picture, if not nil, makes what is sent for the i-th picture, from 0.
	picture func(b []byte, i int) []byte
	// length, if not nil, makes {LEN} for the i-th picture of n bytes.
	length func(n, i int) string
	size   func(i int) image.Point // nil is the usual one
	step   int                     // send each step-th picture of the film; 0 is 1
	count  int                     // end after so many; 0 is never
	flood  bool                    // do not wait between pictures
	pause  func(x *exchange, i int) error
	send   func(x *exchange, b []byte) error // how bytes go out; nil is as they are
	end    func(x *exchange) error           // what comes after count parts; nil is the end
}

func (s stream) serve(x *exchange) error {
	if err := x.writeString(s.answerHead()); err != nil {
		return err
	}
	send := s.send
	if send == nil {
		send = (*exchange).write
	}
	if s.before != "" {
		if err := send(x, []byte(s.before)); err != nil {
			return err
		}
	}
	for i, n := 0, 0; s.count == 0 || i < s.count; i++ {
		var err error
		if !s.flood || n == 0 {
			if n, err = x.film.next(x.ctx, n, max(1, s.step)); err != nil {
				return err
			}
		}
		if s.pause != nil {
			if err := s.pause(x, i); err != nil {
				return err
			}
		}
		if err := send(x, s.part(x, i, n)); err != nil {
			return err
		}
	}
	if s.end != nil {
		return s.end(x)
	}
	return errClose
}

func (s stream) answerHead() string {
	if s.head != "" {
		return s.head
	}
	status, header := s.status, s.header
	if status == "" {
		status = "HTTP/1.1 200 OK"
	}
	if header == "" {
		header = multipart
	}
	return status + "\r\n" + serverLine + header + "\r\n"
}

// part returns the i-th part, with picture n of the film.
func (s stream) part(x *exchange, i, n int) []byte {
	size := usual
	if s.size != nil {
		size = s.size(i)
	}
	b := tag(x.film.picture(n, size), x.fixture.Name, n)
	if s.picture != nil {
		b = s.picture(b, i)
	}
	length := fmt.Sprint(len(b))
	if s.length != nil {
		length = s.length(len(b), i)
	}
	form := plainPart
	if len(s.parts) > 0 {
		form = s.parts[i%len(s.parts)]
	}
	at := x.film.timeOf(n)
	time := fmt.Sprintf("%d.%06d", at.Unix(), at.Nanosecond()/1000)
	return []byte(strings.NewReplacer("{PIC}", string(b), "{LEN}", length, "{TIME}", time).Replace(form))
}

// each makes a picture function that treats all alike.
func each(f func(b []byte) []byte) func([]byte, int) []byte {
	return func(b []byte, _ int) []byte { return f(b) }
}

// every makes a picture function that spoils each n-th picture, not the first.
func every(n int, f func(b []byte) []byte) func([]byte, int) []byte {
	return func(b []byte, i int) []byte {
		if i%n == n-1 {
			return f(b)
		}
		return b
	}
}
