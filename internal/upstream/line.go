package upstream

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"
)

// What a connection may take to be made.
const (
	connectTimeout = 5 * time.Second
	tlsTimeout     = 5 * time.Second
)

// line is the one connection that a client may have: a new one is made when
// the old one is closed. It is safe for concurrent use, since net/http makes
// connections in goroutines of its own.
type line struct {
	dialer func(ctx context.Context, network, address string) (net.Conn, error)
	secure *tls.Config
	life   context.Context
	end    context.CancelFunc
	dials  sync.WaitGroup

	mu     sync.Mutex      // guards what follows
	ctx    context.Context // of the request at hand
	conn   net.Conn
	closed bool
	opened int // connections made
}

func newLine(dial func(ctx context.Context, network, address string) (net.Conn, error), secure *tls.Config) *line {
	l := &line{dialer: dial, secure: secure}
	l.life, l.end = context.WithCancel(context.Background())
	l.ctx = l.life
	return l
}

// use makes ctx end the making of connections from now on. net/http goes on
// with it when the request has ended, which would be a second connection.
func (l *line) use(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ctx = ctx
}

// dial opens a connection, in place of the one that is there.
func (l *line) dial(ctx context.Context, network, address string) (net.Conn, error) {
	l.hangUp()
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil, net.ErrClosed
	}
	l.dials.Add(1)
	defer l.dials.Done()
	user := l.ctx
	l.mu.Unlock()

	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	defer context.AfterFunc(user, cancel)()
	defer context.AfterFunc(l.life, cancel)()
	conn, err := l.dialer(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || user.Err() != nil {
		conn.Close()
		return nil, net.ErrClosed
	}
	l.conn = conn
	l.opened++
	return conn, nil
}

// dialTLS is dial with a secure connection on top.
func (l *line) dialTLS(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := l.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	cfg := l.secure.Clone()
	cfg.ServerName, _, err = net.SplitHostPort(address)
	if err != nil {
		conn.Close()
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, tlsTimeout)
	defer cancel()
	secure := tls.Client(conn, cfg)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}

// hangUp closes the connection, if there is one.
func (l *line) hangUp() {
	l.mu.Lock()
	conn := l.conn
	l.conn = nil
	l.mu.Unlock()
	if conn != nil {
		conn.Close()
	}
}

// connections returns how many were made.
func (l *line) connections() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.opened
}

// close closes the connection for good, and returns when none is being made.
func (l *line) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.end()
	l.hangUp()
	l.dials.Wait()
}

// tls returns what secure connections ask for. A user who gives up on the
// camera's certificate also gets the versions and ciphers of old cameras.
func (o *Options) tls() *tls.Config {
	if !o.TLSInsecure {
		return &tls.Config{}
	}
	old := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		old.CipherSuites = append(old.CipherSuites, suite.ID)
	}
	return old
}

func (o *Options) hasCredentials() bool { return o.Username != "" || o.Password != "" }
