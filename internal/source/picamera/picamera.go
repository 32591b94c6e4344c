// Package picamera is the kind of cameras that are on the camera port of a
// Raspberry Pi. Their pictures come from a program of the system, rpicam-vid or
// one of its older forms, which writes one JPEG after the other to its standard
// output.
//
// # What is run
//
// The name of the program is one of three, found on PATH, and its arguments are
// put together from checked numbers and words of a list: no option of a camera
// gets there as a user wrote it, and there is no shell.
//
// # How it ends
//
// The program has a process group of its own. When the camera is closed, the
// group gets SIGINT, which stops the camera in good order, and after a moment
// SIGKILL; so does whatever the program leaves behind when it dies by itself.
// When the hub dies, the kernel kills the program.
//
// # Non-goals
//
// Changing settings while the camera runs: the programs can't.
package picamera

import (
	"encoding/json"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/source"
)

// name is that of the kind.
const name = "picamera"

// Kind is the kind "picamera".
var Kind = source.Kind{
	Name:    name,
	Doc:     "A camera on the camera port of a Raspberry Pi.",
	Example: `{"camera": 0, "width": 1280, "height": 720, "fps": 15, "quality": 80}`,
	Parse: func(options json.RawMessage) (source.Config, *multierror.Error) {
		o, errs := parse(options)
		if errs.ErrorOrNil() != nil {
			return nil, errs
		}
		return &o, nil
	},
	Local: &source.Local{Option: "camera", List: List},
}

// Open implements source.Config.
func (o *options) Open(source.Env) source.Source { return &reader{options: *o, silence: silentAfter} }
