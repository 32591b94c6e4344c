//go:build linux

package feedbench

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

// plainGo is the least that Go's own means need for a fan-out: one goroutine
// reads the camera and shares each picture, one goroutine per viewer writes the
// newest with one vectored write. It has no bounds, no deadlines and no
// reconnects. It tells what of the hub's cost is Go's.
type plainGo struct{ newest atomic.Pointer[shared] }

// shared is one picture for all viewers.
type shared struct {
	head, pic []byte
	newer     chan struct{} // closed when there is a newer one
}

// runPlainGo reads the feeder at r.Upstream and serves its pictures until its
// standard input ends.
func runPlainGo(r role) error {
	ln, err := net.Listen("tcp", r.Addr)
	if err != nil {
		return err
	}
	p := new(plainGo)
	p.newest.Store(&shared{newer: make(chan struct{})})
	srv := &http.Server{Handler: p, ReadHeaderTimeout: 5 * time.Second}
	defer srv.Close()
	go srv.Serve(ln) //nolint:errcheck // it ends with the process
	failed := make(chan error, 1)
	go func() { failed <- p.read(r.Upstream) }()
	go func() {
		_, err := io.Copy(io.Discard, os.Stdin)
		failed <- err
	}()
	if err := announce(listening{Addr: ln.Addr().String(), At: monotonic()}); err != nil {
		return err
	}
	return <-failed
}

// read passes on what the feeder sends, which has a known form.
func (p *plainGo) read(upstream string) error {
	conn, err := net.DialTimeout("tcp", upstream, 5*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", upstream); err != nil {
		return err
	}
	br := bufio.NewReaderSize(conn, 64<<10)
	size := -1
	for {
		line, err := br.ReadString('\n')
		if err != nil {
			return err
		}
		if n, ok := cutPrefixFold(line, "Content-Length:"); ok {
			if size, err = strconv.Atoi(n); err != nil || size < 0 || size > maxPicture {
				return fmt.Errorf("bad length %q", n)
			}
		}
		if line != "\r\n" || size < 0 {
			continue
		}
		pic := make([]byte, size)
		if _, err := io.ReadFull(br, pic); err != nil {
			return err
		}
		p.share(pic)
		size = -1
	}
}

func (p *plainGo) share(pic []byte) {
	s := &shared{head: partHead(len(pic), time.Now()), pic: pic, newer: make(chan struct{})}
	close(p.newest.Swap(s).newer)
}

// ServeHTTP takes the connection over and writes pictures until it breaks.
func (p *plainGo) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, feedHead); err != nil {
		return
	}
	for s := p.newest.Load(); ; {
		<-s.newer
		s = p.newest.Load()
		bufs := net.Buffers{s.head, s.pic, []byte(partTail)}
		if _, err := bufs.WriteTo(conn); err != nil {
			return
		}
	}
}
