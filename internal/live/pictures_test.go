package live

import (
	"bytes"
	"image"
	"image/jpeg"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/camera"
	"camhub/internal/media"
	"camhub/internal/rendition"
)

// photo returns a packet with a coded picture of that size.
func photo(t testing.TB, track *media.Track) *media.Packet {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, track.Width, track.Height)), nil); err != nil {
		t.Fatal(err)
	}
	return &media.Packet{Track: track, Key: true, Arrived: time.Now(), Data: b.Bytes()}
}

// TestTileFollowsTheCamerasSize has a camera whose pictures are narrow enough,
// then too wide, then of a third size: they are never wider than need be, and
// what is narrow enough is not touched.
func TestTileFollowsTheCamerasSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFarm("a")
		copies := rendition.New(slog.New(slog.DiscardHandler))
		defer copies.Close()
		defer f.stop()
		told := 0
		cam := f.cams["a"]
		small := &media.Track{Codec: media.JPEG, Width: 160, Height: 90}
		cam.Write(photo(t, small))
		s := New(Config{Hub: f, Copies: copies, Watch: f.watch})
		r, err := tilePictures{s, func(camera.ID) error { return nil }}.Open("a", 160, 10, func() { told++ })
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		read := func() *media.Packet {
			t.Helper()
			for range 3 { // a copy may have to be made
				synctest.Wait()
				if p, err := r.TryNext(); p != nil || err != nil {
					return p
				}
			}
			t.Fatal("there is no picture")
			return nil
		}
		if p := read(); p != cam.Last() || told == 0 {
			t.Error("what is narrow enough was touched, or not told")
		}
		if st := copies.Stats(); st.Running != 0 {
			t.Errorf("%d copies run for nothing", st.Running)
		}
		for i, size := range []int{160, 640, 640, 320, 160} {
			told = 0
			time.Sleep(time.Second)
			p := photo(t, &media.Track{Codec: media.JPEG, Width: size, Height: size * 9 / 16})
			cam.Write(p)
			if got := read(); got.Track.Width != 160 || !got.Arrived.Equal(p.Arrived) || told == 0 {
				t.Errorf("picture %d of %d pixels: got %d, told %d times", i, size, got.Track.Width, told)
			}
		}
		if viewers, _ := cam.Viewers(); viewers != 1 {
			t.Errorf("%d viewers", viewers)
		}
	})
}
