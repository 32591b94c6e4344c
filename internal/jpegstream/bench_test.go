package jpegstream

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"
)

// strictReader reads what FFmpeg and go2rtc would: exact delimiter and header
// lines, then Content-Length bytes, unchecked. It is the measure of speed.
type strictReader struct{ br *bufio.Reader }

func (s strictReader) next() ([]byte, error) {
	size := -1
	for {
		line, err := s.br.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 && size >= 0 {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if size, err = strconv.Atoi(string(value)); err != nil || size < 0 || size > DefaultMaxFrameBytes {
				return nil, fmt.Errorf("bad length %q", value)
			}
		}
	}
	data := make([]byte, size)
	_, err := io.ReadFull(s.br, data)
	return data, err
}

// drain reads a stream to its end with the reader or with the measure.
func drain(b *testing.B, r io.Reader, strict bool, want int) {
	next := NewReader(r, Options{Boundary: "frame"}).Next
	if strict {
		s := strictReader{bufio.NewReader(r)}
		next = func() (Picture, error) { data, err := s.next(); return Picture{Data: data}, err }
	}
	n := 0
	for {
		if _, err := next(); err != nil {
			break
		}
		n++
	}
	if n != want {
		b.Fatalf("%d pictures, want %d", n, want)
	}
}

// BenchmarkAgainstStrict prints how much of the CPU time of a strict reader
// this one takes on the same well-formed stream: from memory, where nothing
// else costs anything, and from a connection. Both run in turn, on one thread
// whose own time is counted; the ratio is the median over the rounds.
func BenchmarkAgainstStrict(b *testing.B) {
	const pictures = 400
	pic := noise(b, 500, 1)
	var many [][]byte
	for range pictures {
		many = append(many, pic)
	}
	body := wellFormed(many...)
	noLength := bytes.ReplaceAll([]byte(body), []byte("Content-Length"), []byte("X-Length"))
	memory := func(body []byte) func() io.ReadCloser {
		return func() io.ReadCloser { return io.NopCloser(bytes.NewReader(body)) }
	}
	for name, open := range map[string]struct{ tolerant, strict func() io.ReadCloser }{
		"memory":          {memory([]byte(body)), memory([]byte(body))},
		"memory/nolength": {memory(noLength), memory([]byte(body))},
		"tcp":             {dialer(b, body), dialer(b, body)},
	} {
		b.Run(fmt.Sprintf("%s/%dkB", name, len(pic)/1000), func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			var ratios, perPicture []float64
			for b.Loop() {
				var spent [2]time.Duration
				for k := range 2 {
					i := (k + len(ratios)) % 2 // each is the first one half of the time
					r := []func() io.ReadCloser{open.tolerant, open.strict}[i]()
					start := threadTime()
					drain(b, r, i == 1, pictures)
					spent[i] = threadTime() - start
					r.Close()
				}
				ratios = append(ratios, float64(spent[0])/float64(spent[1]))
				perPicture = append(perPicture, float64(spent[0].Nanoseconds())/pictures)
			}
			b.ReportMetric(median(perPicture), "cpu-ns/picture")
			b.ReportMetric(median(ratios), "ratio")
		})
	}
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// dialer returns connections that send body and end.
func dialer(b *testing.B, body string) func() io.ReadCloser {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, body)
			c.Close()
		}
	}()
	return func() io.ReadCloser {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		return c
	}
}
