package probe

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"math"
	"time"

	"camhub/internal/jpegstream"
	"camhub/internal/media"
	"camhub/internal/source"
)

// How long pictures are watched.
const (
	watchFor   = 1500 * time.Millisecond // to measure a stream
	watchMost  = 4 * time.Second         // for a second picture
	maxPreview = 512 << 10
)

// pictures is what was seen of a stream. The zero pictures is ready.
type pictures struct {
	n, dropped    int // good ones, and damaged ones
	first, last   time.Time
	bytes         int // of all but the first
	width, height int
	preview       []byte // the last one that is not too large
	more          bool   // the stream had not ended
	multipart     bool
	silence       time.Duration // behind the last one, when the watch was given up
	err           error         // that ended it
}

// take counts a picture. The data must not change any more.
func (p *pictures) take(now time.Time, data []byte, width, height int) {
	if p.n++; p.n == 1 {
		p.first = now
	} else {
		p.bytes += len(data)
	}
	p.last, p.width, p.height = now, width, height
	if len(data) <= maxPreview {
		p.preview = data
	}
}

// still reports whether it was one picture and no stream.
func (p *pictures) still() bool { return p.n == 1 && (!p.more || !p.multipart) }

// rates returns pictures and bits a second, or zeros when less than two
// pictures came.
func (p *pictures) rates() (fps float64, bitrate int64) {
	span := p.last.Sub(p.first).Seconds()
	if p.n < 2 || span <= 0 {
		return 0, 0
	}
	return math.Round(float64(p.n-1)/span*10) / 10, int64(float64(8*p.bytes) / span)
}

// dataURL returns the preview as data URL, or "".
func (p *pictures) dataURL() string {
	if p.preview == nil {
		return ""
	}
	return "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(p.preview)
}

// watch reads pictures from body, which is of the given Content-Type. It
// returns watchFor after the first one, or when body ends, which end is to
// bring about watchMost after the first one.
func watch(body io.Reader, contentType string, opt jpegstream.Options, end *time.Timer) *pictures {
	p := new(pictures)
	opt.Boundary, p.multipart = jpegstream.Boundary(contentType)
	reader := jpegstream.NewReader(body, opt)
	defer end.Stop()
	for {
		pic, err := reader.Next()
		if err != nil {
			p.err = err
			p.silence = time.Since(p.last)
			p.more = p.n > 0 && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF)
			break
		}
		p.take(time.Now(), pic.Data, pic.Info.Width, pic.Info.Height)
		if p.n == 1 {
			end.Reset(watchMost)
		}
		if p.n > 1 && p.last.Sub(p.first) >= watchFor {
			p.more = true
			break
		}
	}
	_, p.dropped = reader.Pictures()
	return p
}

// sink watches a source that does not speak HTTP.
type sink struct {
	pictures
	quirk func(string)
	stop  context.CancelFunc
	timer *time.Timer
}

// Write implements source.Sink.
func (s *sink) Write(p *media.Packet) {
	s.take(p.Arrived, p.Data, p.Track.Width, p.Track.Height)
	if s.n == 1 {
		s.timer = time.AfterFunc(watchMost, s.stop)
	}
	if s.n > 1 && s.last.Sub(s.first) >= watchFor {
		s.stop()
	}
}

// Received implements source.Sink.
func (s *sink) Received(int) {}

// Quirk implements source.Sink.
func (s *sink) Quirk(name string) { s.quirk(name) }

// watchSource runs a source for a moment.
func watchSource(ctx context.Context, config source.Config, env source.Env, quirk func(string)) (*pictures, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s := &sink{quirk: quirk, stop: stop}
	err := config.Open(env).Run(ctx, s)
	if s.timer != nil {
		s.timer.Stop()
	}
	s.more, s.multipart = true, true
	return &s.pictures, err
}
