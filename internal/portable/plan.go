package portable

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/retention"
	"camhub/internal/source"
)

// What becomes of a camera.
type What string

// The kinds of steps.
const (
	Removed   What = "removed"
	Added     What = "added"
	Changed   What = "changed"
	Unchanged What = "unchanged"
)

// Step is what becomes of one camera.
type Step struct {
	What    What
	Camera  camera.Definition  // as it will be, with its secrets as far as they are known; of one that is removed, as it is
	Before  *camera.Definition // as the plan has seen it; nil for one that is added
	Given   camera.Source      // the source as it was given: secrets that it leaves out are kept
	Changes []Change           // of one that is changed
}

// Plan is what an import would do.
type Plan struct {
	Steps    []Step              // those that remove first, then in the order of the file
	Order    []camera.ID         // the new wall order; nil if it stays
	Settings *retention.Settings // the new settings; nil if they stay
	Changes  []Change            // of the settings
}

// Empty reports whether nothing would change.
func (p *Plan) Empty() bool {
	return p.Order == nil && p.Settings == nil &&
		!slices.ContainsFunc(p.Steps, func(s Step) bool { return s.What != Unchanged })
}

// NewPlan compares a file with what a hub has. With replace, cameras that are not in the
// file are removed, and the wall order becomes that of the file. The error is a Problems
// with everything that the hub would refuse.
func NewPlan(f *File, s *State, kinds source.Kinds, replace bool) (*Plan, error) {
	p := &Plan{}
	var bad Problems
	have := make(map[camera.ID]*camera.Definition, len(s.Cameras))
	for i := range s.Cameras {
		have[s.Cameras[i].ID] = &s.Cameras[i]
	}
	named := make(map[camera.ID]string, len(f.Entries))
	for i := range f.Entries {
		e := &f.Entries[i]
		if at, twice := named[e.Camera.ID]; twice {
			bad = append(bad, Problem{Where: e.where("/id"), Field: "id", Detail: fmt.Sprintf("%q is that of another camera too, at %s", e.Camera.ID, at)})
			continue
		}
		named[e.Camera.ID] = e.where("/id")
		step, problems := newStep(e, have[e.Camera.ID], kinds)
		bad = append(bad, problems...)
		p.Steps = append(p.Steps, step)
	}
	if f.Settings != nil {
		after, errs := retention.Decode(f.Settings.recordings, "/settings/recordings", s.Settings)
		if errs.ErrorOrNil() != nil {
			bad = append(bad, problems(errs, "", f.Settings.where)...)
		}
		if p.Changes = differences(flatSettings(s.Settings), flatSettings(after)); len(p.Changes) > 0 {
			p.Settings = &after
		}
	}
	if len(bad) > 0 {
		return nil, bad
	}
	if replace {
		p.replace(s, named)
	}
	return p, nil
}

// newStep returns what becomes of the camera old, which may be nil, by an entry.
func newStep(e *Entry, old *camera.Definition, kinds source.Kinds) (Step, Problems) {
	d, errs := e.Camera, e.faults
	if e.Partial && old != nil {
		d = *old
		d.Name, d.Enabled, d.Source = e.Camera.Name, e.Camera.Enabled, overlay(kinds.Redact(old.Source), e.Camera.Source)
	}
	step := Step{What: Added, Before: old, Given: d.Source}
	var before camera.Source
	if old != nil {
		before, step.What = old.Source, Changed
	}
	d.Source = kinds.Inherit(d.Source, before)
	if errs.ErrorOrNil() == nil { // else what follows would be said of what is not there
		for _, name := range kinds.Misdirected(e.Camera.Source, before, d.Source) {
			errs = multierror.Append(errs, fault.Fieldf("/source/"+name, "is needed again for another host"))
		}
		errs = multierror.Append(errs, source.ForeignSeals(d.Source, before).WrappedErrors()...)
		errs = multierror.Append(errs, d.Validate().WrappedErrors()...)
		normal, faults := kinds.Normalize(d.Source)
		errs = multierror.Append(errs, faults.WrappedErrors()...)
		d.Source = normal
	}
	if errs.ErrorOrNil() != nil {
		return step, problems(errs, label(e.Camera.ID), e.where)
	}
	step.Camera = d
	if old != nil {
		d.Revision, d.CreatedAt, d.UpdatedAt = old.Revision, old.CreatedAt, old.UpdatedAt
		step.Camera = d
		if step.Changes = differences(flat(old, kinds), flat(&d, kinds)); len(step.Changes) == 0 {
			step.What = Unchanged
		}
	}
	return step, nil
}

// label says of which camera something is said.
func label(id camera.ID) string {
	if !id.Valid() {
		return ""
	}
	return string(id) + ": "
}

// overlay returns old with the options of next, or next if its kind is another one.
func overlay(old, next camera.Source) camera.Source {
	var below, above map[string]json.RawMessage
	if old.Kind != next.Kind || json.Unmarshal(old.Options, &below) != nil || json.Unmarshal(next.Options, &above) != nil {
		return next
	}
	maps.Copy(below, above)
	b, err := json.Marshal(below)
	if err != nil {
		return next
	}
	return camera.Source{Kind: next.Kind, Options: b}
}

// replace adds the steps that remove what the file does not name, and its order.
func (p *Plan) replace(s *State, named map[camera.ID]string) {
	var gone []Step
	var is, will []camera.ID
	for i := range s.Cameras {
		d := &s.Cameras[i]
		if _, ok := named[d.ID]; ok {
			is = append(is, d.ID)
		} else {
			gone = append(gone, Step{What: Removed, Camera: *d, Before: d})
		}
	}
	for _, step := range p.Steps {
		will = append(will, step.Camera.ID)
		if step.What == Added {
			is = append(is, step.Camera.ID)
		}
	}
	p.Steps = append(gone, p.Steps...)
	if !slices.Equal(is, will) {
		p.Order = will
	}
}
