package httpcam

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"os"
	"time"

	"camhub/internal/jpegstream"
	"camhub/internal/media"
	"camhub/internal/source"
	"camhub/internal/upstream"
)

const (
	// clockSlack is how far a camera's clock may be from ours to be believed.
	clockSlack = time.Minute
	// maxBad bounds the answers without a picture in a row, of which the next
	// comes after badRetry at the latest.
	maxBad   = 5
	badRetry = 2 * time.Second
)

// Reader reads one camera. It is a source.Source.
type Reader struct {
	Camera   *upstream.Camera
	Interval time.Duration // from one request for a single picture to the next
	Single   bool          // one picture for each request is what the user expects

	MayDial func(netip.AddrPort) error // see source.Env
}

// Patience implements source.Patient.
func (r *Reader) Patience() time.Duration {
	if r.Single {
		return r.Interval
	}
	return 0
}

// Run implements source.Source. It waits for as long as the camera is silent
// behind the beginning of its answer: whoever runs it ends ctx then.
func (r *Reader) Run(ctx context.Context, out source.Sink) error {
	client := r.Camera.Client(out.Quirk)
	defer client.Close()
	client.Restrict(r.MayDial)
	a := newAttempt(r, client, out)
	for polling := r.Single; ; polling = true {
		asked := time.Now()
		if err := a.ask(ctx, polling); err != nil {
			return err
		}
		wait, slow := a.pace.next(a.heard.Sub(asked))
		if slow {
			out.Quirk(SlowAnswers)
		}
		wait -= time.Since(a.heard)
		if a.bad > 0 {
			wait = min(wait, badRetry)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// attempt is a Reader at work.
type attempt struct {
	*Reader
	client *upstream.Client
	out    source.Sink
	start  time.Time
	track  *media.Track
	pace   pace
	valid  validator
	heard  time.Time // of the last byte
	last   []byte    // the picture that was written last
	bad    int       // answers without a picture in a row
}

func newAttempt(r *Reader, client *upstream.Client, out source.Sink) *attempt {
	return &attempt{
		Reader: r, client: client, out: out, start: time.Now(), track: &media.Track{},
		pace: pace{interval: r.Interval, period: r.Interval}, valid: validator{interval: r.Interval},
	}
}

// ask makes one request and passes on what its answer holds. It returns nil
// when that is at most one picture, so that it is worth asking again.
func (a *attempt) ask(ctx context.Context, polling bool) error {
	parent := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req := upstream.Request{KeepAlive: polling}
	if polling {
		req.Header = a.valid.condition(time.Now())
	}
	resp, err := a.client.Get(ctx, req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	a.received(resp.HeadBytes)
	if resp.Status == http.StatusNotModified {
		a.bad = 0
		return nil
	}
	in := newAnswer(resp, a, func() { cancel(errSilent) })
	defer in.silence.Stop()
	err = a.pass(in, polling)
	switch {
	case parent.Err() != nil:
		return context.Cause(parent)
	case context.Cause(ctx) == errSilent && in.good() == 1 && !in.multipart:
		err = io.EOF // it did not say so, but that was all
	case context.Cause(ctx) == errSilent:
		err = os.ErrDeadlineExceeded
	}
	return a.judge(in, err)
}

// pass writes all pictures of an answer, and returns the error that ended
// them.
func (a *attempt) pass(in *answer, polling bool) error {
	if in.multipart && a.Single {
		a.out.Quirk(StreamNotSingle)
	}
	for {
		pic, err := in.pictures.Next()
		if err != nil {
			return err
		}
		first := in.good() == 1
		same := first && polling && bytes.Equal(pic.Data, a.last)
		if !same {
			a.write(pic)
		}
		switch {
		case first:
			if a.valid.take(in.header, same, time.Now()) {
				a.out.Quirk(WrongValidator)
			}
			if !in.multipart && (a.Single || in.length >= 0) {
				in.expectEnd(a.Interval)
			}
		case a.Single && !in.multipart:
			a.out.Quirk(StreamNotSingle)
			in.expectBytes()
		}
	}
}

// received keeps the books of the bytes.
func (a *attempt) received(n int) {
	a.heard = time.Now()
	a.out.Received(n)
}

// write passes a picture on.
func (a *attempt) write(pic jpegstream.Picture) {
	now := time.Now()
	if a.track.Width != pic.Info.Width || a.track.Height != pic.Info.Height {
		a.track = &media.Track{Codec: media.JPEG, Width: pic.Info.Width, Height: pic.Info.Height}
	}
	p := &media.Packet{Track: a.track, PTS: now.Sub(a.start), Arrived: now, Key: true, Data: pic.Data}
	if d := now.Sub(pic.Timestamp); d.Abs() <= clockSlack {
		p.Captured = pic.Timestamp
	}
	a.last = pic.Data
	a.out.Write(p)
}

// judge decides by what an answer held whether to ask again (nil), or why not.
func (a *attempt) judge(in *answer, err error) error {
	ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	switch {
	case !ended || in.good() > 1:
	case in.good() == 1 && (a.Single || !in.multipart && errors.Is(err, io.EOF)):
		if !a.Single {
			a.out.Quirk(SinglePicture)
		}
		a.bad = 0
		return nil
	case in.good() == 0 && in.plausible():
		cut := in.cutByLength()
		if cut {
			a.Camera.IgnoreLength()
		}
		if a.bad++; (cut || a.Single) && a.bad < maxBad {
			return nil
		}
	}
	return streamError(err, in)
}
