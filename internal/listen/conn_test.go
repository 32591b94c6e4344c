package listen

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// connPair returns a Conn with little room in the kernel, and its client.
func connPair(t *testing.T) (*Conn, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c, err := (&secured{l.(*net.TCPListener)}).Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); client.Close() })
	client.(*net.TCPConn).SetReadBuffer(8 << 10)
	c.(*Conn).SetWriteBuffer(8 << 10)
	return c.(*Conn), client
}

const muchMore = 8 << 20 // than any kernel keeps

// TestSlowIsNotStuck has a client who needs many times the patience, and takes a
// little all the time.
func TestSlowIsNotStuck(t *testing.T) {
	c, client := connPair(t)
	c.BePatient(2 * time.Second)
	done := make(chan error, 1)
	b := make([]byte, 512<<10)
	go func() {
		n, err := c.Write(b)
		if err == nil && n != len(b) {
			err = io.ErrShortWrite
		}
		done <- err
	}()
	for read := 0; read < len(b); time.Sleep(300 * time.Millisecond) { // over 5 s
		n, err := io.ReadFull(client, make([]byte, 24<<10))
		if read += n; err != nil && read < len(b) {
			t.Fatalf("cut after %d bytes: %v", read, err)
		}
		if len(b)-read < 24<<10 {
			break
		}
	}
	go io.Copy(io.Discard, client)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestStuckIsCut(t *testing.T) {
	c, _ := connPair(t)
	c.BePatient(200 * time.Millisecond)
	n, err := c.Write(make([]byte, muchMore))
	if !errors.Is(err, os.ErrDeadlineExceeded) || n == 0 || n == muchMore {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// TestDeadlinesHold sets one from above, for a patient connection and another, before
// a write and during one.
func TestDeadlinesHold(t *testing.T) {
	for name, patience := range map[string]time.Duration{"plain": 0, "patient": time.Hour} {
		t.Run(name, func(t *testing.T) {
			c, _ := connPair(t)
			c.BePatient(patience)
			c.SetDeadline(time.Now().Add(100 * time.Millisecond))
			if _, err := c.Write(make([]byte, muchMore)); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error(err)
			}
			c.SetDeadline(time.Time{})
			done := make(chan error, 1)
			go func() { _, err := c.Write(make([]byte, muchMore)); done <- err }()
			c.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
			c.SetWriteDeadline(time.Now().Add(-time.Second))
			select {
			case err := <-done:
				if !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Error(err)
				}
			case <-time.After(time.Minute):
				t.Fatal("the deadline is not heard of")
			}
		})
	}
}
