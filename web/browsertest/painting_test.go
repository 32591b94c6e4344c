package browsertest

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Pictures of the probe show their time in black and white blocks along the top.
const (
	blocks    = 10
	probeTick = 10 * time.Millisecond
	probeLoop = (1 << blocks) * probeTick
)

// probePictures returns a picture for each time of a loop.
func probePictures() [][]byte {
	all := make([][]byte, 1<<blocks)
	var wg sync.WaitGroup
	for part := range 4 {
		wg.Go(func() {
			for i := part; i < len(all); i += 4 {
				all[i] = probePicture(i)
			}
		})
	}
	wg.Wait()
	return all
}

// probePicture draws one of 640x360 pixels and some 20 kB.
func probePicture(n int) []byte {
	img := image.NewYCbCr(image.Rect(0, 0, 640, 360), image.YCbCrSubsampleRatio420)
	noise := rand.New(rand.NewPCG(1, 2))
	for y := range 360 {
		for x := range 640 {
			v := uint8(40 + x/5 + noise.IntN(12))
			if y < 120 {
				v = 20 + uint8(n>>(x*blocks/640)&1)*215
			}
			img.Y[img.YOffset(x, y)] = v
		}
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = 128, 128
	}
	var b bytes.Buffer
	jpeg.Encode(&b, img, nil) // a bytes.Buffer takes everything
	return b.Bytes()
}

// serveProbe sends ten pictures a second.
func serveProbe(all [][]byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=pictures")
		for tick := time.Tick(100 * time.Millisecond); r.Context().Err() == nil; <-tick {
			p := all[time.Now().UnixMilli()/probeTick.Milliseconds()%int64(len(all))]
			fmt.Fprintf(w, "--pictures\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(p), p)
			if http.NewResponseController(w).Flush() != nil {
				return
			}
		}
	}
}

// probeAges reads from a screenshot how old the picture of each tile was then.
func probeAges(shot image.Image, at time.Time) (ages []float64) {
	for tile := range 16 {
		n := 0
		for i := range blocks {
			x, y := tile%4*320+i*32+16, tile/4*180+30
			if color.GrayModel.Convert(shot.At(x, y)).(color.Gray).Y > 128 {
				n |= 1 << i
			}
		}
		age := (at.UnixMilli() - int64(n)*probeTick.Milliseconds()) % probeLoop.Milliseconds()
		ages = append(ages, float64((age+probeLoop.Milliseconds())%probeLoop.Milliseconds()))
	}
	return ages
}

// TestWaysToPaint measures, when CAMHUB_PAINTING is set, how old the pixels on
// the screen are for two ways to paint the wall: the page's own, and one canvas
// in a worker. What is on the screen is read from the browser's screencast, not
// told by any event. It fails only if nothing is shown.
func TestWaysToPaint(t *testing.T) {
	if os.Getenv("CAMHUB_PAINTING") == "" {
		t.Skip("it measures for people, who set CAMHUB_PAINTING")
	}
	cam := httptest.NewServer(serveProbe(probePictures()))
	t.Cleanup(func() { cam.CloseClientConnections(); cam.Close() })
	hub := startHub(t)
	for i := range 16 {
		hub.call("PUT", fmt.Sprintf("/api/v1/cameras/cam-%d", i), fmt.Sprintf(`{"name":"%d","source":{"kind":"mjpeg","url":%q}}`, i, cam.URL+"/"), nil)
	}
	front := paintingServer(t, hub.url)
	for round := range 2 {
		for _, way := range []string{"img", "canvas"} {
			for _, slow := range []float64{1, 4} {
				t.Run(fmt.Sprintf("%d %s, processor / %v", round, way, slow), func(t *testing.T) {
					p := startOwnBrowser(t).open(front+"/painting/page.html?way="+way, "")
					p.waitFor(`window.painted > 100`)
					p.slowDown(slow)
					time.Sleep(2 * time.Second)
					p.watchPixels(10 * time.Second)
				})
			}
		}
	}
}

// paintingServer serves the trial pages, and all else of the hub.
func paintingServer(t *testing.T, hub string) string {
	target, err := url.Parse(hub)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/painting/", http.FileServer(http.Dir("testdata")))
	mux.Handle("/", &httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // as the page's origin is
	}})
	srv := httptest.NewServer(mux)
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	return srv.URL
}

// watchPixels tells how old the pixels of the tiles are, for so long.
func (p *tab) watchPixels(lasts time.Duration) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, lasts)
	defer cancel()
	frames := make(chan *page.EventScreencastFrame, 100)
	if err := chromedp.Listen(ctx, func(ev any) {
		if f, ok := ev.(*page.EventScreencastFrame); ok {
			frames <- f
		}
	}); err != nil {
		p.t.Fatal(err)
	}
	cpu, before := p.browserTime(), eval[int](p, "window.painted")
	if _, err := chromedp.Call(ctx, page.StartScreencast, page.StartScreencastParams{Format: page.StartScreencastFormatJpeg, EveryNthFrame: 10}); err != nil {
		p.t.Fatal(err)
	}
	began := time.Now()
	var ages []float64
	for ctx.Err() == nil {
		select {
		case f := <-frames:
			shot, err := jpeg.Decode(bytes.NewReader(f.Data))
			if err != nil {
				p.t.Fatal(err)
			}
			ages = append(ages, probeAges(shot, time.UnixMilli(int64(1000*f.Metadata.Timestamp.Float64())))...)
			_, _ = chromedp.Call(ctx, page.ScreencastFrameAck, page.ScreencastFrameAckParams{SessionID: f.SessionID}) // ctx may have ended
		case <-ctx.Done():
		}
	}
	took := time.Since(began).Seconds()
	painted := eval[int](p, "window.painted") - before
	if len(ages) == 0 || painted == 0 {
		p.t.Fatalf("%d tiles were seen, %d pictures painted", len(ages), painted)
	}
	slices.Sort(ages)
	p.t.Logf("%.1f pictures a second of a tile; pixels %.0f/%.0f/%.0f ms old p50/p95/p99 in %d looks; browser %.0f %% of a processor",
		float64(painted)/took/16, ages[len(ages)/2], ages[len(ages)*95/100], ages[len(ages)*99/100], len(ages)/16,
		100*(p.browserTime()-cpu).Seconds()/took)
}

// browserTime returns what the processes of the page's browser have used of
// processors.
func (p *tab) browserTime() time.Duration {
	p.t.Helper()
	sum := processorTime(p.browserPID())
	for pid := range descendants(p.t, p.browserPID()) {
		sum += processorTime(pid)
	}
	return sum
}
