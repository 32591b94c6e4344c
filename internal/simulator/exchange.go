package simulator

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"
)

// exchange is one request and what its answer needs. It is for one goroutine.
type exchange struct {
	*server
	*request
	fixture *Fixture // nil for the simulator's own pages
	book    *book    // of the fixture
	ctx     context.Context
	conn    net.Conn
	raw     net.Conn // below TLS
	door    door
	secure  bool
	fresh   bool // the first request of its connection to this camera
	others  int  // connections to the camera that were open when this one came
}

// write sends bytes as they are.
func (x *exchange) write(b []byte) error {
	if err := x.ctx.Err(); err != nil {
		return err
	}
	if err := x.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	_, err := x.conn.Write(b)
	return err
}

func (x *exchange) writeString(s string) error { return x.write([]byte(s)) }

// answer sends a well-formed answer and keeps the connection if the viewer
// does. The header lines end in CRLF each.
func (x *exchange) answer(status, contentType, body string, header ...string) error {
	var s strings.Builder
	fmt.Fprintf(&s, "HTTP/1.1 %s\r\n%s%s", status, serverLine, strings.Join(header, ""))
	if contentType != "" {
		fmt.Fprintf(&s, "Content-Type: %s\r\nContent-Length: %d\r\n", contentType, len(body))
	}
	keeps := x.keeps()
	if !keeps {
		s.WriteString("Connection: close\r\n")
	}
	s.WriteString("\r\n")
	if x.method != "HEAD" {
		s.WriteString(body)
	}
	if err := x.writeString(s.String()); err != nil {
		return err
	}
	if !keeps {
		return errClose
	}
	return nil
}

// picture returns picture n of the film as this camera's.
func (x *exchange) picture(n int) []byte {
	return tag(x.film.picture(n, usual), x.fixture.Name, n)
}

// url returns the address of the target at a door, for the host that the
// viewer has used.
func (x *exchange) url(scheme string, d door, target string) string {
	host := x.get("host")
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if host == "" {
		host, _, _ = net.SplitHostPort(x.conn.LocalAddr().String())
	}
	return fmt.Sprintf("%s://%s%s", scheme, net.JoinHostPort(strings.Trim(host, "[]"), fmt.Sprint(x.ports[d])), target)
}

const serverLine = "Server: camhub-simulator\r\n"
