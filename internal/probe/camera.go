package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/hub"
)

// explainCamera says why a camera of the hub is as it is. When the hub is
// connected to it, nobody else connects; else the hub is kept from it while it
// is looked at.
func (p *Prober) explainCamera(ctx context.Context, id camera.ID, progress func(Progress)) (*Result, error) {
	d, err := p.cfg.Cameras.Whole(id)
	if err != nil {
		return nil, err
	}
	in, errs := p.ofSource(d.Source)
	if err := fault.InvalidFields("The camera's source is not valid.", errs); err != nil {
		return nil, err
	}
	release, err := p.cfg.Hub.Hold(ctx, id)
	if errors.Is(err, hub.ErrConnected) {
		return p.explainConnected(d)
	}
	if err != nil {
		return nil, err
	}
	defer release()
	in.camera = id
	res, err := p.explainSource(ctx, in, progress)
	if err != nil {
		return nil, err
	}
	res.Name = d.Name
	switch {
	case !d.Enabled:
		res.Explanation = "The camera is turned off in camhub. " + res.Explanation
	case res.Works && sameURL(d.Source, res.Source):
		res.Explanation = "It works now. " + res.Explanation
		release()
		_ = p.cfg.Hub.Restart(id) // it may have been removed meanwhile
	case res.Works:
		res.Advice = append(res.Advice, "The address that is stored gives no pictures: take the one that was found.")
	}
	return res, nil
}

// sameURL reports whether two sources have the same address.
func sameURL(a camera.Source, b *camera.Source) bool {
	return b != nil && urlOf(a) == urlOf(*b)
}

// explainConnected says what the worker of a camera knows.
func (p *Prober) explainConnected(d camera.Definition) (*Result, error) {
	st, err := p.cfg.Hub.Status(d.ID)
	if err != nil {
		return nil, err
	}
	out, err := p.cfg.Hub.Stream(d.ID)
	if err != nil {
		return nil, err
	}
	res := newResult(Stream)
	res.Name, res.Connected, res.Works = d.Name, true, true
	res.Codec, res.Width, res.Height = string(st.Codec), st.Width, st.Height
	res.FPS, res.Bitrate = st.FPS, st.Bitrate
	p.addQuirks(res, slices.Clone(st.Quirks))
	shown := p.cfg.Kinds.Redact(d.Source)
	res.Source = &shown
	if last := out.Last(); last != nil {
		var seen pictures
		seen.take(last.Arrived, last.Data, st.Width, st.Height)
		res.Preview = seen.dataURL()
	}
	res.Explanation = "The hub is connected to the camera, and its pictures come."
	if st.State == hub.Stale && st.FrameAgeMS != nil {
		res.Answer, res.Works = Nothing, false
		age := (time.Duration(*st.FrameAgeMS) * time.Millisecond).Round(time.Second)
		res.Explanation = fmt.Sprintf("The hub is connected to the camera, and the last picture came %v ago.", age)
		res.Advice = append(res.Advice, "Wait a moment: after 10 s without a byte the hub connects anew.", "Restart the camera if it happens again and again.")
	}
	return res, nil
}
