package live

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/fault"
)

// What may be asked of a playback.
const (
	minSpeed, maxSpeed = 0.125, 32
	defaultPlayFPS     = 30
)

// playSpec says what a viewer wants to see of a recording, and how.
type playSpec struct {
	from, to time.Time // to is zero when it goes on to the end
	speed    float64   // less than 0: backwards
	fps      float64   // pictures a second at most
	width    int       // 0: as they are
}

// playback sends the recorded pictures of a camera at the pace at which they were
// recorded, or a multiple of it, until the end of the range or of what is recorded.
func (s *Recorded) playback(w http.ResponseWriter, r *http.Request, id camera.ID) error {
	spec, err := parsePlay(r.URL.Query())
	if err != nil {
		return err
	}
	advance, err := parseAdvance(r)
	if err != nil {
		return err
	}
	who := access.From(r.Context())
	if err := spec.within(who, id); err != nil {
		return err
	}
	ctx, end, err := s.beginPlayback(r.Context())
	if err != nil {
		return err
	}
	defer end()
	p := newPlayer(s.archive, id, spec)
	defer p.close()
	if err := p.begin(); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return s.nothing(id, spec.from)
		}
		return err
	}
	if who.Share != nil && !who.Plays(id, p.frame.Time, p.frame.Time) {
		return s.nothing(id, spec.from) // it is of before what the link shows
	}
	setHeader(w.Header())
	if r.Method == http.MethodHead {
		return nil
	}
	if r.ProtoMajor == 1 {
		w.Header().Set("Transfer-Encoding", "identity") // as cameras do; the end is that of the connection
	}
	s.play(ctx, w, p, newParts(advance))
	return nil
}

// play sends pictures until the end, or until the viewer is gone.
func (s *Recorded) play(ctx context.Context, w http.ResponseWriter, p *player, parts *parts) {
	next := parts.first()
	for sendPieces(w, next) == nil {
		pk, err := p.next(ctx)
		if err == nil {
			pk, err = smaller(ctx, s.copies, pk, p.spec.width, "The picture")
		}
		if err != nil {
			break
		}
		s.out.Add(time.Now(), len(pk.Data))
		next = parts.picture(pk)
	}
	sendPieces(w, [][]byte{closeFeed}) // the client is gone if this fails
}

// parsePlay reads what a playback is to be, and reports all that is wrong with it.
func parsePlay(query url.Values) (playSpec, error) {
	p := playSpec{speed: 1, fps: defaultPlayFPS}
	var errs *multierror.Error
	bad := func(name, format string, args ...any) {
		errs = multierror.Append(errs, fault.Fieldf("/"+name, format, args...))
	}
	var ok bool
	if p.from, ok = parseInstant(query.Get("from")); !ok {
		bad("from", "must be an instant as in RFC 3339, or Unix seconds")
	}
	if query.Has("to") {
		if p.to, ok = parseInstant(query.Get("to")); !ok {
			bad("to", "must be an instant as in RFC 3339, or Unix seconds")
		}
	}
	if query.Has("speed") {
		var err error
		p.speed, err = strconv.ParseFloat(query.Get("speed"), 64)
		if v := max(p.speed, -p.speed); err != nil || !(v >= minSpeed && v <= maxSpeed) {
			bad("speed", "must be a number from %v to %v, or from -%v to -%v for backwards", minSpeed, maxSpeed, minSpeed, maxSpeed)
		}
	}
	if errs == nil && !p.to.IsZero() && (p.speed > 0) != p.to.After(p.from) {
		bad("to", "must be after from, or before it for backwards")
	}
	var err error
	if p.width, err = parseWidth(query); err != nil {
		errs = multierror.Append(errs, err)
	}
	query.Del("width")
	if rate, err := parseSpec(query); err != nil {
		errs = multierror.Append(errs, err)
	} else if rate.FPS > 0 {
		p.fps = rate.FPS
	}
	return p, fault.InvalidFields("The parameters are not valid.", errs)
}
