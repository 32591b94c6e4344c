package live

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/hub"
	"camhub/internal/media"
	"camhub/internal/meter"
	"camhub/internal/stream"
)

const (
	defaultMaxAge = 10 * time.Second
	snapshotWait  = 5 * time.Second // for a picture of a camera that may give one
)

// snapshot sends the newest picture of a camera. It opens an on-demand camera,
// and waits for a picture that is young enough; HEAD does neither, and makes no copy: what
// it can't know without stays untold (RFC 9110, section 9.3.2).
func (s *Server) snapshot(w http.ResponseWriter, r *http.Request, id camera.ID) error {
	width, err := parseWidth(r.URL.Query())
	if err != nil {
		return err
	}
	maxAge, err := parseMaxAge(r.URL.Query().Get("max_age"))
	if err != nil {
		return err
	}
	st, err := s.stream(id)
	if err != nil {
		return err
	}
	if r.Method == http.MethodHead {
		p, err := s.ready(st, id, maxAge)
		if err == nil {
			pictureHeader(w.Header(), p, width == 0)
		}
		return err
	}
	p, err := s.newest(r.Context(), st, id, maxAge)
	if err != nil {
		return err
	}
	if p, err = smaller(r.Context(), s.copies, p, width, "The newest picture"); err != nil {
		return err
	}
	writePicture(w, p, &s.out)
	return nil
}

// writePicture answers with p, and counts it as sent.
func writePicture(w http.ResponseWriter, p *media.Packet, sent *meter.Meter) {
	pictureHeader(w.Header(), p, true)
	w.Write(p.Data) // the client is gone if this fails
	sent.Add(time.Now(), len(p.Data))
}

// pictureHeader says of a picture, if it is known, what a client is told, with the length
// if that is it.
func pictureHeader(h http.Header, p *media.Packet, length bool) {
	h.Set("Content-Type", "image/jpeg")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if p == nil {
		return
	}
	if length {
		h.Set("Content-Length", strconv.Itoa(len(p.Data)))
	}
	h.Set("Last-Modified", p.Time().UTC().Format(http.TimeFormat))
	h.Set("X-Timestamp", string(appendSeconds(nil, p.Time())))
}

// ready returns a picture that is no older than maxAge, or nil when one has to be waited
// for. The error says that there will be none.
func (s *Server) ready(st *stream.Stream, id camera.ID, maxAge time.Duration) (*media.Packet, error) {
	if p := st.Last(); p != nil && time.Since(p.Arrived) <= maxAge {
		return p, nil
	}
	if status, err := s.hub.Status(id); err != nil || status.State == hub.Offline {
		return nil, noneYounger(id, maxAge)
	}
	return nil, nil
}

func noneYounger(id camera.ID, maxAge time.Duration) error {
	return fault.New(fault.Unavailable, "The camera %q has no picture that is younger than %v.", id, maxAge)
}

// newest returns a picture that is no older than maxAge. It waits for one
// unless the camera is known to be offline.
func (s *Server) newest(ctx context.Context, st *stream.Stream, id camera.ID, maxAge time.Duration) (*media.Packet, error) {
	if p, err := s.ready(st, id, maxAge); p != nil || err != nil {
		return p, err
	}
	asked := time.Now()
	ctx, cancel := context.WithTimeout(ctx, snapshotWait)
	defer cancel()
	reader := st.Subscribe(stream.Latest)
	defer reader.Close()
	for {
		p, err := reader.Next(ctx)
		if err != nil {
			return nil, noneYounger(id, maxAge)
		}
		if p.Arrived.After(asked) || time.Since(p.Arrived) <= maxAge {
			return p, nil
		}
	}
}

// smaller returns a picture of p that is not much wider than width, if p is. what
// names the picture in an error.
func smaller(ctx context.Context, copies Renditions, p *media.Packet, width int, what string) (*media.Packet, error) {
	if width == 0 {
		return p, nil
	}
	ctx, cancel := context.WithTimeout(ctx, snapshotWait)
	defer cancel()
	small, err := copies.Picture(ctx, p, width)
	if err != nil {
		return nil, &fault.Error{Kind: fault.Unavailable, Msg: what + " can't be made smaller now.", Err: err}
	}
	return small, nil
}

// parseMaxAge reads a duration such as "10s", or a number of seconds.
func parseMaxAge(text string) (time.Duration, error) {
	if text == "" {
		return defaultMaxAge, nil
	}
	d, err := time.ParseDuration(text)
	if seconds, numErr := strconv.ParseFloat(text, 64); numErr == nil {
		d, err = time.Duration(seconds*float64(time.Second)), nil
	}
	if err != nil || d < 0 || d > 365*24*time.Hour {
		return 0, badParameter("max_age", `must be a duration such as "10s", or a number of seconds`)
	}
	return d, nil
}
