// Package snapshot is the kind of cameras that give one picture for each HTTP
// request, which are asked at an interval. Package httpcam reads them.
package snapshot

import (
	"encoding/json"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/source"
	"camhub/internal/source/httpcam"
	"camhub/internal/strict"
	"camhub/internal/upstream"
)

// Kind is the kind "snapshot".
var Kind = source.Kind{
	Name:    "snapshot",
	Doc:     "A camera that gives one JPEG for each HTTP request; it is asked at an interval.",
	Example: `{"url": "http://10.0.0.5/snapshot.jpg", "interval": "1s", "username": "u", "password": "p"}`,
	Secrets: upstream.Secrets,
	Home:    upstream.Home,
	Parse:   parse,
}

// Limits of the interval.
const (
	leastInterval = camera.Duration(50 * time.Millisecond)
	mostInterval  = camera.Duration(time.Hour)
)

// Config is a checked set of options. It holds secrets: it must not be logged.
type Config struct {
	upstream.Options
	Interval camera.Duration `json:"interval"` // from request to request

	camera *upstream.Camera
}

func parse(options json.RawMessage) (source.Config, *multierror.Error) {
	c := &Config{Options: upstream.Defaults(), Interval: camera.Duration(time.Second)}
	errs := c.Check("/source", strict.Object(options, c, "/source"))
	if c.Interval < leastInterval || c.Interval > mostInterval {
		errs = multierror.Append(errs, fault.Fieldf("/source/interval", "must be from 50ms to 1h"))
	}
	if errs.ErrorOrNil() != nil {
		return nil, errs
	}
	c.camera = upstream.New(c.Options)
	return c, nil
}

// Open implements source.Config.
func (c *Config) Open(env source.Env) source.Source {
	return &httpcam.Reader{Camera: c.camera, Interval: time.Duration(c.Interval), Single: true, MayDial: env.MayDial}
}
