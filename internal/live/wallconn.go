package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"camhub/internal/camera"
	"camhub/internal/registry"
)

const (
	pingEvery   = 20 * time.Second
	silentAfter = 60 * time.Second // a client that answers nothing for so long is dropped
	farewell    = 5 * time.Second  // a client that was told the end has so long to say it too
)

// Watch waits for changes among the cameras, as registry.Watch does.
type Watch interface {
	Next(ctx context.Context) (registry.Changes, error)
	Close()
}

// wallConn is one connection of the wall. Its goroutines are those of run.
//
// The library writes the last frame only, the one that closes: everything else
// goes to conn in frames of our own, which copy no picture and wait as long as a
// slow client takes bytes. patientConn bounds every write.
type wallConn struct {
	s       *Server
	ws      *websocket.Conn
	conn    *patientConn
	tiles   *wallTiles
	user    string               // "" when nobody has to sign in
	sees    func(camera.ID) bool // which cameras the client may see now
	heardAt atomic.Int64         // Unix nanoseconds of the last sign of the client
	end     context.CancelCauseFunc
}

// ending is why a connection is closed, as the client is told.
type ending struct {
	code   websocket.StatusCode
	reason string
}

// Error implements error.
func (e ending) Error() string { return e.reason }

var (
	errStopping = ending{websocket.StatusGoingAway, "the hub is stopping"}
	errRevoked  = ending{websocket.StatusPolicyViolation, "access was revoked"}
	errSilent   = ending{websocket.StatusPolicyViolation, "no answer for a minute"}
	errBinary   = ending{websocket.StatusUnsupportedData, "messages to the hub are text"}
	errTooBig   = ending{websocket.StatusMessageTooBig, fmt.Sprintf("a message may have up to %d bytes", maxWallMessage)}
	errGone     = errors.New("the client is gone")
)

// run serves the connection until ctx, which c.end ends with the reason, is
// done, and returns when nothing of it is left.
func (c *wallConn) run(ctx context.Context) {
	c.hear()
	watch := c.s.watch()
	defer watch.Close()
	var wg sync.WaitGroup
	wg.Go(func() { c.end(c.read(ctx)) })
	wg.Go(func() { c.end(c.write(ctx)) })
	wg.Go(func() { c.end(c.follow(ctx, watch)) })
	wg.Go(func() { c.end(c.ping(ctx)) })
	<-ctx.Done()
	if e, ok := errors.AsType[ending](context.Cause(ctx)); ok {
		// The library waits for the rest of a message as long as that takes to come.
		_ = c.conn.SetReadDeadline(time.Now().Add(farewell)) // it fails when the connection is gone
		c.ws.Close(e.code, closeReason(e.reason))            // ends in any case, after at most 10 s
	} else {
		c.ws.CloseNow()
	}
	wg.Wait()
	c.tiles.close()
	c.tiles.play.wait()
}

// hear notes a sign of the client.
func (c *wallConn) hear() { c.heardAt.Store(time.Now().UnixNano()) }

// read does what the client's messages ask for, and returns why it ended.
func (c *wallConn) read(ctx context.Context) error {
	var message bytes.Buffer
	for ctx.Err() == nil {
		kind, r, err := c.ws.Reader(context.Background())
		if err != nil {
			return errGone
		}
		message.Reset()
		if _, err := message.ReadFrom(io.LimitReader(r, maxWallMessage+1)); err != nil {
			return errGone
		}
		c.hear()
		switch {
		case message.Len() > maxWallMessage:
			return errTooBig
		case kind != websocket.MessageText:
			return errBinary
		}
		if err := c.handle(ctx, message.Bytes()); err != nil {
			return err
		}
	}
	return errGone
}

// handle does what one message asks for.
func (c *wallConn) handle(ctx context.Context, b []byte) error {
	in, err := parseRequest(b)
	if err != nil {
		return ending{websocket.StatusPolicyViolation, err.Error()}
	}
	refusals := in.refusals
	switch {
	case in.isTiles:
		refusals = append(refusals, c.tiles.set(in.wishes)...)
	case in.play != nil:
		if err := c.tiles.do(in.play, time.Now()); err != nil {
			refusals = append(refusals, refusal{-1, err})
		}
	default:
		refusals = append(refusals, c.tiles.got(in.credits, time.Now())...)
	}
	// A client that causes more of them than it takes is not read any further.
	for _, r := range refusals {
		if err := c.refuse(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// write sends what there is to send, and returns why it ended.
func (c *wallConn) write(ctx context.Context) error {
	var scratch []*wallTile
	pictures := newBatch()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for ctx.Err() == nil {
		now := time.Now()
		c.tiles.adapt(now)
		scratch = c.tiles.collect(now, scratch)
		sent, err := c.sendNext(ctx, pictures)
		if err != nil {
			return err
		}
		if sent {
			continue
		}
		timer.Stop()
		if d, ok := c.tiles.wait(time.Now()); ok {
			timer.Reset(d)
		}
		select {
		case <-c.tiles.wake:
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return errGone
}

// sendNext sends one message, or some pictures, if there are any.
func (c *wallConn) sendNext(ctx context.Context, pictures *batch) (sent bool, err error) {
	if r, ok := c.tiles.nextLost(); ok {
		return true, c.refuse(ctx, r)
	}
	if id := c.tiles.nextStatus(); id != "" {
		st, err := c.s.hub.Status(id)
		if err != nil || !c.sees(id) {
			return true, nil // there is no such camera, which is told of its tiles
		}
		b, err := statusMessage(id, st)
		if err != nil {
			return true, err
		}
		return true, c.send(opText, b)
	}
	if b, err := c.tiles.play.message(time.Now()); b != nil || err != nil {
		if err != nil {
			return true, err
		}
		return true, c.send(opText, b)
	}
	now := time.Now()
	if c.tiles.next(now, pictures); pictures.pictures == 0 {
		return false, nil
	}
	pictures.count(&c.s.out, now)
	if pictures.send(c.conn) != nil {
		return true, errGone
	}
	return true, nil
}

// refuse tells the client what was wrong with a tile.
func (c *wallConn) refuse(ctx context.Context, r refusal) error {
	b, err := errorMessage(ctx, r)
	if err != nil {
		return err
	}
	return c.send(opText, b)
}

func (c *wallConn) send(opcode byte, message []byte) error {
	if sendMessage(c.conn, opcode, message) != nil {
		return errGone
	}
	return nil
}

// pong answers a ping of the client.
func (c *wallConn) pong(payload []byte) {
	c.hear()
	if err := c.send(opPong, payload); err != nil {
		c.end(err)
	}
}

// follow takes note of changes among the cameras until the program stops.
func (c *wallConn) follow(ctx context.Context, watch Watch) error {
	for {
		changes, err := watch.Next(ctx)
		if err != nil {
			return errStopping
		}
		if len(changes.Cameras) > 0 {
			c.tiles.reopen(changes.Cameras)
		}
		if len(changes.Statuses) > 0 {
			c.tiles.changed(changes.Statuses)
		}
	}
}

// ping looks whether the client is still there.
func (c *wallConn) ping(ctx context.Context) error {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errGone
		}
		if time.Since(time.Unix(0, c.heardAt.Load())) >= silentAfter {
			return errSilent
		}
		if err := c.send(opPing, nil); err != nil {
			return err
		}
	}
}
