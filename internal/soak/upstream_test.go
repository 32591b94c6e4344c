//go:build linux

package soak

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"camhub/internal/rawpeer"
)

const (
	upstreamRate = 100 * time.Millisecond
	// upstreamLife bounds a connection: longer than any soak.
	upstreamLife = 24 * time.Hour
)

// upstream is a camera that fails in every way, and comes back. When it is calm it only
// works.
type upstream struct {
	*rawpeer.Peer
	calm atomic.Bool
	film [][]byte
	*tally

	mu  sync.Mutex // guards rng
	rng *rand.Rand
}

// newUpstream starts one. It ends with the test, once the hub has let go of it.
func newUpstream(t testing.TB, ctx context.Context, rng *rand.Rand, counts *tally) *upstream {
	u := &upstream{rng: rng, film: newFilm(rng), tally: counts}
	u.Peer = rawpeer.New(t, func(c *rawpeer.Conn, _ string) {
		_ = c.SetDeadline(time.Now().Add(upstreamLife))
		defer context.AfterFunc(ctx, func() { c.Close() })()
		u.serve(ctx, c)
	})
	return u
}

// newFilm draws a second of pictures of noise, of about 10 kB each.
func newFilm(rng *rand.Rand) (film [][]byte) {
	for range 10 {
		img := image.NewGray(image.Rect(0, 0, 160, 120))
		for i := range img.Pix {
			img.Pix[i] = uint8(i) + uint8(rng.IntN(48))
		}
		img.SetGray(0, 0, color.Gray{Y: 255})
		var b bytes.Buffer
		if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 75}); err != nil {
			panic(err) // a Buffer takes everything
		}
		film = append(film, b.Bytes())
	}
	return film
}

// serve sends pictures, then fails, unless it is calm.
func (u *upstream) serve(ctx context.Context, c *rawpeer.Conn) {
	u.mu.Lock()
	good, how := 1+u.rng.IntN(60), u.rng.IntN(6)
	u.mu.Unlock()
	if how == 0 && !u.calm.Load() { // it is not there
		u.add(outages, 1)
		return
	}
	c.Say("%s", rawpeer.Multipart)
	for i := 0; u.calm.Load() || i < good; i++ {
		if _, err := io.WriteString(c, rawpeer.Parts(string(u.film[i%len(u.film)]))); err != nil || !pause(ctx, upstreamRate) {
			return
		}
	}
	u.add(outages, 1)
	u.fail(c, how)
}

// fail ends a connection in one of the ways.
func (u *upstream) fail(c *rawpeer.Conn, how int) {
	switch how {
	case 1: // it is reset
		if tcp, ok := c.Conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	case 2: // it says nothing more, until the hub has enough of it
		_, _ = io.Copy(io.Discard, c)
	case 3: // half a picture
		c.Say("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n", len(u.film[0]))
		_, _ = c.Write(u.film[0][:len(u.film[0])/2])
	case 4: // noise
		_, _ = c.Write(bytes.Repeat([]byte{0xff, 0xd8, 0, 7}, 64<<10))
	case 5: // a page
		c.Say("%s", fmt.Sprintf("--frame\r\nContent-Type: text/html\r\n\r\n%s", "<h1>camera is starting</h1>"))
	}
}
