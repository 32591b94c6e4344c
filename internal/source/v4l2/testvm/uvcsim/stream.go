//go:build linux

package main

import (
	"encoding/binary"
	"time"
)

// The bits of a payload header (UVC 1.1 2.4.3.3).
const (
	bitFrame = 0x01 // toggles with each frame
	bitEnd   = 0x02
	bitError = 0x40
	bitLast  = 0x80
)

// startStream begins to send what was committed. Called with mu held.
func (c *camera) startStream() {
	c.halt()
	stop := make(chan struct{})
	c.stop = stop
	interval := time.Duration(binary.LittleEndian.Uint32(c.commit[4:])) * 100
	format, s := c.commit[2], sizes[c.commit[3]-1]
	go c.stream(stop, coded(format, s, c.flaws), interval)
}

func (c *camera) endStream() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.halt()
}

// halt ends the stream, if there is one. Called with mu held.
func (c *camera) halt() {
	if c.stop != nil {
		close(c.stop)
		c.stop = nil
		c.more.Broadcast()
	}
}

// stream sends the pictures in turn until stop is closed.
func (c *camera) stream(stop chan struct{}, pictures [][]byte, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	toggle := byte(0)
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		c.mu.Lock()
		stalled, damage := c.stalled, c.damage
		c.damage = c.damage && stalled
		c.mu.Unlock()
		if stalled {
			continue
		}
		flags := bitLast | toggle
		if damage {
			flags |= bitError
		}
		if !c.send(stop, pictures[n%len(pictures)], flags) {
			return
		}
		toggle ^= bitFrame
	}
}

// send sends one picture in as many transfers as it takes. It returns false
// when the stream ended.
func (c *camera) send(stop chan struct{}, data []byte, flags byte) bool {
	const header = 2
	for len(data) > 0 {
		u, ok := c.take(stop)
		if !ok {
			return false
		}
		n := min(u.size-header, len(data))
		if n == len(data) {
			flags |= bitEnd
		}
		c.give(u.seq, append([]byte{header, flags}, data[:n]...))
		data = data[n:]
	}
	return true
}

// take waits for a transfer to put data into.
func (c *camera) take(stop chan struct{}) (urb, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		select {
		case <-stop:
			return urb{}, false
		default:
		}
		if len(c.pending) > 0 {
			u := c.pending[0]
			c.pending = c.pending[1:]
			return u, true
		}
		c.more.Wait()
	}
}
