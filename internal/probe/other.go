package probe

import (
	"context"
	"errors"
	"fmt"

	"camhub/internal/camera"
	"camhub/internal/hub"
	"camhub/internal/source"
)

// explainOther runs a source that does not speak HTTP for a moment. A device of
// this machine that a camera of the hub is connected to is not opened: the
// pictures of that camera are shown.
func (p *Prober) explainOther(ctx context.Context, in input, progress func(Progress)) (*Result, error) {
	kind, _ := p.cfg.Kinds.Lookup(in.source.Kind)
	if name := kind.Local.Device(in.source.Options); name != "" {
		leave, err := p.enterHost(ctx, kind.Name+" "+name)
		if err != nil {
			return nil, err
		}
		defer leave()
		release, user, err := p.holdUsers(ctx, in, kind, name)
		defer release()
		if errors.Is(err, hub.ErrConnected) {
			return p.explainUsed(in, user)
		}
		if err != nil {
			return nil, err
		}
	}
	return p.watchOther(ctx, in, progress), nil
}

// holdUsers keeps the hub's cameras from a device, but for the one that is
// looked at. The error is hub.ErrConnected when one is connected to it, which
// is returned then. release must be called in any case.
func (p *Prober) holdUsers(ctx context.Context, in input, kind source.Kind, name string) (release func(), user camera.Definition, err error) {
	var held []func()
	release = func() {
		for _, f := range held {
			f()
		}
	}
	list, err := p.cfg.Cameras.List()
	if err != nil {
		return release, user, err
	}
	for _, d := range list {
		if d.ID == in.camera || d.Source.Kind != kind.Name || kind.Local.Device(d.Source.Options) != name {
			continue
		}
		f, err := p.cfg.Hub.Hold(ctx, d.ID)
		switch {
		case err == nil:
			held = append(held, f)
		case errors.Is(err, hub.ErrConnected), ctx.Err() != nil:
			return release, d, err
		} // else it has just been removed
	}
	return release, user, nil
}

// explainUsed describes a device that a camera of the hub is connected to.
func (p *Prober) explainUsed(in input, user camera.Definition) (*Result, error) {
	res, err := p.explainConnected(user)
	if err != nil {
		return nil, err
	}
	shown := p.cfg.Kinds.Redact(in.source)
	res.Name, res.Source = "", &shown
	res.Explanation = fmt.Sprintf("The hub reads this device already, as the camera %q. ", user.Name) + res.Explanation
	res.Advice = append(res.Advice, "Only one camera at a time can read a device: change that one, or turn it off first.")
	return res, nil
}

// watchOther opens a source and looks at what it gives.
func (p *Prober) watchOther(ctx context.Context, in input, progress func(Progress)) *Result {
	progress(Progress{Text: "Opening the camera."})
	var quirks []string
	env := source.Env{Name: func() string { return "Probe" }, DataDir: p.cfg.DataDir, MayDial: p.cfg.MayDial}
	seen, err := watchSource(ctx, in.other, env, func(name string) { quirks = append(quirks, name) })
	shown := p.cfg.Kinds.Redact(in.source)
	if seen.n > 0 {
		res := newResult(Stream)
		res.Works, res.Source = true, &shown
		res.Explanation = "Moving pictures come from this camera."
		res.show(seen)
		p.addQuirks(res, quirks)
		return res
	}
	res := newResult(Failed)
	res.Explanation = "The camera gave no picture in time."
	if e, ok := errors.AsType[*source.Error](err); ok && ctx.Err() == nil {
		res.Explanation = e.Message
	}
	return res
}
