package portable

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"camhub/internal/camera"
	"camhub/internal/hubclient"
	"camhub/internal/retention"
	"camhub/internal/source"
)

// Online is a hub that runs, as its REST API shows it. It shows no secrets.
type Online struct {
	Client *hubclient.Client
	Kinds  source.Kinds
}

// State implements Target.
func (o Online) State(ctx context.Context) (*State, error) {
	var cameras struct{ Cameras []camera.Definition }
	if err := o.Client.Get(ctx, "/api/v1/cameras", &cameras); err != nil {
		return nil, err
	}
	var settings struct{ Recordings retention.Settings }
	if err := o.Client.Get(ctx, "/api/v1/settings", &settings); err != nil {
		return nil, err
	}
	s := &State{Cameras: cameras.Cameras, Settings: settings.Recordings, Blind: true}
	for i := range s.Cameras {
		src, err := unredact(s.Cameras[i].Source, o.Kinds)
		if err != nil {
			return nil, fmt.Errorf("camera %s: %w", s.Cameras[i].ID, err)
		}
		s.Cameras[i].Source = src
	}
	return s, nil
}

// unredact returns a source as source.Kinds.Redact has shown it, with Unknown in the
// place of each secret.
func unredact(s camera.Source, kinds source.Kinds) (camera.Source, error) {
	var options map[string]any
	if err := json.Unmarshal(s.Options, &options); err != nil {
		return s, err
	}
	kind, _ := kinds.Lookup(s.Kind)
	for _, name := range kind.Secrets {
		switch set := options[name+"_set"].(type) {
		case bool:
			if set {
				options[name] = Unknown
			}
		case []any:
			keys := make(map[string]string, len(set))
			for _, key := range set {
				keys[fmt.Sprint(key)] = Unknown
			}
			if len(keys) > 0 {
				options[name] = keys
			}
		}
		delete(options, name+"_set")
	}
	b, err := json.Marshal(options)
	if err != nil {
		return s, err
	}
	s.Options = b
	// With the defaults that this camhub knows, as the plan will have them.
	if normal, errs := kinds.Normalize(s); errs.ErrorOrNil() == nil {
		return normal, nil
	}
	return s, nil
}

// Put implements Target.
func (o Online) Put(ctx context.Context, s *Step) error {
	d := s.Camera
	d.Source = s.Given
	return o.Client.Do(ctx, http.MethodPut, path(s), condition(s), d, nil)
}

// Remove implements Target.
func (o Online) Remove(ctx context.Context, s *Step) error {
	return o.Client.Do(ctx, http.MethodDelete, path(s), condition(s), nil, nil)
}

func path(s *Step) string { return "/api/v1/cameras/" + string(s.Camera.ID) }

// condition is what a step expects (RFC 9110, section 13.1).
func condition(s *Step) http.Header {
	if s.Before == nil {
		return http.Header{"If-None-Match": {"*"}}
	}
	return http.Header{"If-Match": {fmt.Sprintf("%q", fmt.Sprint(s.Before.Revision))}}
}

// SetOrder implements Target.
func (o Online) SetOrder(ctx context.Context, ids []camera.ID) error {
	return o.Client.Do(ctx, http.MethodPut, "/api/v1/order", nil, map[string][]camera.ID{"cameras": ids}, nil)
}

// SetSettings implements Target.
func (o Online) SetSettings(ctx context.Context, v retention.Settings) error {
	return o.Client.Do(ctx, http.MethodPatch, "/api/v1/settings", nil, map[string]retention.Settings{"recordings": v}, nil)
}
