package browsertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// upstream is a network camera on loopback that can be switched off and on
// again at the same address.
type upstream struct {
	t    *testing.T
	addr string
	off  func() // switches it off and waits; may be called twice
}

// startUpstream runs a camera until the test ends.
func startUpstream(t *testing.T) *upstream {
	t.Helper()
	u := &upstream{t: t, addr: "127.0.0.1:0"}
	u.on()
	return u
}

func (u *upstream) url() string { return "http://" + u.addr + "/video" }

// on switches the camera on.
func (u *upstream) on() {
	u.t.Helper()
	listener, err := net.Listen("tcp", u.addr)
	if err != nil {
		u.t.Fatal(err)
	}
	u.addr = listener.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	srv := &http.Server{Handler: http.HandlerFunc(serveColours), BaseContext: func(net.Listener) context.Context { return ctx }}
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := srv.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			u.t.Error(err)
		}
	})
	u.off = sync.OnceFunc(func() {
		cancel()
		srv.Close()
		wg.Wait()
	})
	u.t.Cleanup(u.off)
}

// serveColours sends ten pictures a second, each of another colour.
func serveColours(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=pictures")
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		picture := colour(n)
		fmt.Fprintf(w, "--pictures\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(picture), picture)
		if http.NewResponseController(w).Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
	}
}

// colour returns picture n.
func colour(n int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 320, 180))
	c := color.RGBA{uint8(n * 37), uint8(n * 91), uint8(n * 53), 255}
	draw.Draw(img, img.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	var buf bytes.Buffer
	jpeg.Encode(&buf, img, nil) // a bytes.Buffer takes everything
	return buf.Bytes()
}
