//go:build linux

package feedbench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

// listening is the line that a process with a listener prints when it is ready.
type listening struct {
	Addr  string
	Bytes int   // of one picture
	At    int64 // when it was ready, as monotonic gives it
}

// announce prints v as one line.
func announce(v any) error { return json.NewEncoder(os.Stdout).Encode(v) }

// feederHead is the answer of the camera.
const feederHead = "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=cam\r\n" +
	"Cache-Control: no-store\r\nConnection: close\r\n\r\n"

// runFeeder is a camera: it sends r.FPS pictures per second to everyone who
// connects, until its standard input ends. Each connection is an epoch of its
// own with numbers from 1, so a hole in them is the work of who is behind it.
func runFeeder(r role) error {
	pic, st, err := newPicture(r.Width, r.Height)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", r.Addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	if err := announce(listening{Addr: ln.Addr().String(), Bytes: len(pic), At: monotonic()}); err != nil {
		return err
	}
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go feed(conn, pic, st, r.FPS)
		}
	}()
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// feed sends pictures until the other side is gone.
func feed(conn net.Conn, pic []byte, st stamp, fps int) {
	defer conn.Close()
	if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
		return
	}
	if _, err := io.WriteString(conn, feederHead); err != nil {
		return
	}
	part := fmt.Appendf(nil, "--cam\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n", len(pic))
	at := len(part)
	part = append(append(part, pic...), "\r\n"...)
	st.Epoch = uint64(monotonic())
	tick := time.NewTicker(time.Second / time.Duration(fps))
	defer tick.Stop()
	for range tick.C {
		st.Seq++
		st.Sent = monotonic()
		st.put(part[at:])
		if _, err := conn.Write(part); err != nil {
			return
		}
	}
}
