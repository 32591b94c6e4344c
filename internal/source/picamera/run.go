package picamera

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"camhub/internal/jpegstream"
	"camhub/internal/media"
	"camhub/internal/source"
)

// silentAfter is how long a program may give nothing, beyond the time of two
// pictures. It is less than what the hub allows, since here it is known why.
const silentAfter = 8 * time.Second

// maxFrameBytes bounds a picture.
const maxFrameBytes = 32 << 20

// errSilent ends an attempt in which nothing comes.
var errSilent = errors.New("picamera: nothing comes")

// reader reads one camera. It is a source.Source.
type reader struct {
	options
	silence time.Duration // see silentAfter
}

// Patience implements source.Patient.
func (r *reader) Patience() time.Duration { return 2 * r.between() }

// Run implements source.Source.
func (r *reader) Run(ctx context.Context, out source.Sink) error {
	name, path, err := find(r.Command)
	if err != nil {
		return err
	}
	args := r.arguments()
	if name == raspivid {
		if fs := r.legacyFaults(); len(fs) > 0 {
			return legacyError(fs)
		}
		args = r.legacyArguments()
	}
	p, err := start(path, args)
	if err != nil {
		return startError(name, err)
	}
	a := &attempt{p: p, out: out, start: time.Now(), track: &media.Track{}, limit: r.silence + r.Patience()}
	if err = a.read(ctx); ended(err) {
		p.settle()
	}
	p.stop()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, errSilent):
		return silentError(name, p, a.limit)
	}
	return r.explain(name, p, a.n, err)
}

// attempt is one run of the program.
type attempt struct {
	p     *process
	out   source.Sink
	start time.Time
	track *media.Track
	n     int // pictures
	limit time.Duration
	quiet *time.Timer
}

// read passes pictures on until they end, ctx does, or nothing comes. The
// output of the program is not read any more when it returns.
func (a *attempt) read(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	a.quiet = time.AfterFunc(a.limit, func() { cancel(errSilent) })
	defer a.quiet.Stop()
	woken := make(chan struct{})
	release := context.AfterFunc(ctx, func() { defer close(woken); a.p.wake() })
	defer func() {
		if !release() {
			<-woken
		}
	}()
	pictures := jpegstream.NewReader(a, jpegstream.Options{MaxFrameBytes: maxFrameBytes, OnQuirk: a.quirk})
	for {
		pic, err := pictures.Next()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			return err
		}
		a.write(pic)
	}
}

// Read implements io.Reader.
func (a *attempt) Read(b []byte) (int, error) {
	n, err := a.p.out.Read(b)
	if n > 0 {
		a.quiet.Reset(a.limit)
		a.out.Received(n)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = errSilent // or ctx has ended, which is looked at first
	}
	return n, err
}

// quirk passes on what is strange about the pictures. That there is nothing
// between them is as it should be.
func (a *attempt) quirk(name string) {
	if slices.Contains(pictureQuirks, name) {
		a.out.Quirk(name)
	}
}

var pictureQuirks = []string{
	jpegstream.MissingHuffman, jpegstream.MissingEnd, jpegstream.Truncated, jpegstream.BrokenPicture,
	jpegstream.JunkBeforePicture, jpegstream.PaddingAfterEnd, jpegstream.SizeChange,
}

func (a *attempt) write(pic jpegstream.Picture) {
	now := time.Now()
	if a.track.Width != pic.Info.Width || a.track.Height != pic.Info.Height {
		a.track = &media.Track{Codec: media.JPEG, Width: pic.Info.Width, Height: pic.Info.Height}
	}
	a.n++
	a.out.Write(&media.Packet{Track: a.track, PTS: now.Sub(a.start), Arrived: now, Key: true, Data: pic.Data})
}
