package mjpeg

import (
	"context"
	"errors"
	"io"
	"time"

	"camhub/internal/jpegstream"
	"camhub/internal/media"
	"camhub/internal/source"
	"camhub/internal/upstream"
)

// singlePicture is the quirk of an address that gives one picture and no more.
const singlePicture = "single-picture"

// clockSlack is how far a camera's clock may be from ours to be believed.
const clockSlack = time.Minute

// reader is a source.Source.
type reader struct{ camera *upstream.Camera }

// Run implements source.Source. It waits for as long as the camera is silent
// behind the beginning of its answer: whoever runs it ends ctx then.
func (r *reader) Run(ctx context.Context, out source.Sink) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	start := time.Now()
	client := r.camera.Client(out.Quirk)
	defer client.Close()
	answer, err := client.Get(ctx, upstream.Request{})
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	out.Received(answer.HeadBytes)

	contentType := answer.Header.Get("Content-Type")
	boundary, multipart := jpegstream.Boundary(contentType)
	pictures := jpegstream.NewReader(counter{answer.Body, out}, jpegstream.Options{
		Boundary:      boundary,
		MaxFrameBytes: r.camera.MaxFrameBytes(),
		OnQuirk:       out.Quirk,
	})
	err = pass(pictures, start, out)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	good, _ := pictures.Pictures()
	if good == 1 && !multipart && errors.Is(err, io.EOF) {
		out.Quirk(singlePicture)
	}
	return streamError(err, good, contentType)
}

// pass writes all pictures to out and returns the error that ended them.
func pass(pictures *jpegstream.Reader, start time.Time, out source.Sink) error {
	track := &media.Track{}
	for {
		pic, err := pictures.Next()
		if err != nil {
			return err
		}
		now := time.Now()
		if track.Width != pic.Info.Width || track.Height != pic.Info.Height {
			track = &media.Track{Codec: media.JPEG, Width: pic.Info.Width, Height: pic.Info.Height}
		}
		p := &media.Packet{Track: track, PTS: now.Sub(start), Arrived: now, Key: true, Data: pic.Data}
		if d := now.Sub(pic.Timestamp); d.Abs() <= clockSlack {
			p.Captured = pic.Timestamp
		}
		out.Write(p)
	}
}

// counter tells a sink of the bytes that are read.
type counter struct {
	r   io.Reader
	out source.Sink
}

func (c counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if n > 0 {
		c.out.Received(n)
	}
	return n, err
}
