// Package mjpeg is the kind of cameras that send motion JPEG over HTTP: one
// connection, one picture after the other. Package httpcam reads them.
package mjpeg

import (
	"encoding/json"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/source"
	"camhub/internal/source/httpcam"
	"camhub/internal/strict"
	"camhub/internal/upstream"
)

// Kind is the kind "mjpeg".
var Kind = source.Kind{
	Name:    "mjpeg",
	Doc:     "A camera that sends motion JPEG over HTTP, as most IP cameras, ESP32 cameras and printer cameras do.",
	Example: `{"url": "http://10.0.0.5/video", "username": "u", "password": "p"}`,
	Secrets: upstream.Secrets,
	Home:    upstream.Home,
	Parse:   parse,
}

// Config is a checked set of options. It holds secrets: it must not be logged.
type Config struct {
	upstream.Options

	camera *upstream.Camera
}

func parse(options json.RawMessage) (source.Config, *multierror.Error) {
	c := &Config{Options: upstream.Defaults()}
	errs := c.Check("/source", strict.Object(options, c, "/source"))
	if errs.ErrorOrNil() != nil {
		return nil, errs
	}
	c.camera = upstream.New(c.Options)
	return c, nil
}

// pollEvery is how often an address is asked that gives one picture and no
// stream.
const pollEvery = time.Second

// Open implements source.Config.
func (c *Config) Open(env source.Env) source.Source {
	return &httpcam.Reader{Camera: c.camera, Interval: pollEvery, MayDial: env.MayDial}
}
