//go:build linux

package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"sync"
)

// The commands of USB/IP (the kernel's Documentation/usb/usbip_protocol.rst).
const (
	cmdSubmit = 1
	cmdUnlink = 2
	retSubmit = 3
	retUnlink = 4

	headerSize = 48
)

// What a transfer can end with.
const (
	stalledPipe = -32  // EPIPE: the camera does not know the request
	unlinked    = -104 // ECONNRESET
)

// urb is a transfer from the camera that the kernel waits for.
type urb struct {
	seq  uint32
	size int
}

// camera is the state of the camera. Its goroutines are serve, which answers
// the kernel, and one stream at a time.
type camera struct {
	serial string
	flaws  flaws
	conn   *os.File
	writes sync.Mutex // one reply at a time; taken after mu

	mu         sync.Mutex // guards what follows
	more       *sync.Cond // the pending transfers or the stream changed
	pending    []urb
	probe      []byte // the video probe and commit controls, UVC 1.1 4.3.1.1
	commit     []byte
	brightness int
	mode       byte          // of the exposure
	exposure   uint32        // in units of 100 µs
	stop       chan struct{} // of the stream; nil when there is none
	stalled    bool
	damage     bool
}

func newCamera(serial string, f flaws) *camera {
	c := &camera{serial: serial, flaws: f, probe: defaultProbe(), commit: defaultProbe(), brightness: 128, mode: modeAperture, exposure: 250}
	c.more = sync.NewCond(&c.mu)
	return c
}

func (c *camera) toggleStall() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stalled = !c.stalled
}

func (c *camera) damageNext() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.damage = true
}

// serve answers the kernel until it detaches the camera.
func (c *camera) serve() error {
	var h [headerSize]byte
	for {
		if _, err := io.ReadFull(c.conn, h[:]); err != nil {
			return err
		}
		seq := binary.BigEndian.Uint32(h[4:])
		switch cmd := binary.BigEndian.Uint32(h[0:]); cmd {
		case cmdSubmit:
			if err := c.submit(seq, h[:]); err != nil {
				return err
			}
		case cmdUnlink:
			c.unlink(seq, binary.BigEndian.Uint32(h[20:]))
		default:
			return fmt.Errorf("command %d", cmd)
		}
	}
}

// submit takes a transfer with the header h.
func (c *camera) submit(seq uint32, h []byte) error {
	out := binary.BigEndian.Uint32(h[12:]) == 0
	endpoint := binary.BigEndian.Uint32(h[16:])
	size := int(binary.BigEndian.Uint32(h[24:]))
	var data []byte
	if out && size > 0 {
		data = make([]byte, size) // from our own kernel
		if _, err := io.ReadFull(c.conn, data); err != nil {
			return err
		}
	}
	if endpoint == 0 {
		c.control(seq, parseSetup(h[40:48]), data)
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending = append(c.pending, urb{seq, size})
	c.more.Broadcast()
	return nil
}

// unlink gives the transfer victim back without data, if it is still pending.
func (c *camera) unlink(seq, victim uint32) {
	status := int32(0)
	c.mu.Lock()
	if i := slices.IndexFunc(c.pending, func(u urb) bool { return u.seq == victim }); i >= 0 {
		c.pending = slices.Delete(c.pending, i, i+1)
		status = unlinked
	}
	c.mu.Unlock()
	c.reply(retUnlink, seq, status, 0, nil)
}

// done ends a transfer to the camera.
func (c *camera) done(seq uint32, size int) { c.reply(retSubmit, seq, 0, size, nil) }

// give ends a transfer from the camera.
func (c *camera) give(seq uint32, data []byte) { c.reply(retSubmit, seq, 0, len(data), data) }

// refuse ends a transfer that the camera does not understand.
func (c *camera) refuse(seq uint32) { c.reply(retSubmit, seq, stalledPipe, 0, nil) }

func (c *camera) reply(cmd, seq uint32, status int32, actual int, data []byte) {
	b := make([]byte, headerSize, headerSize+len(data))
	binary.BigEndian.PutUint32(b[0:], cmd)
	binary.BigEndian.PutUint32(b[4:], seq)
	binary.BigEndian.PutUint32(b[20:], uint32(status))
	binary.BigEndian.PutUint32(b[24:], uint32(actual))
	binary.BigEndian.PutUint32(b[32:], 0xffffffff) // no isochronous packets
	c.writes.Lock()
	defer c.writes.Unlock()
	if _, err := c.conn.Write(append(b, data...)); err != nil {
		log.Printf("reply: %v", err) // serve sees the end of the connection
	}
}
