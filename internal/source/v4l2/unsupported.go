//go:build !linux || !cgo

package v4l2

import (
	"context"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/device"
	"camhub/internal/fault"
	"camhub/internal/source"
)

// notBuilt says that the program was built without what reads these cameras.
const notBuilt = "This build has no V4L2: it was made without cgo, or not for Linux."

// Run implements source.Source: it fails.
func (r *reader) Run(context.Context, source.Sink) error {
	return &source.Error{Code: "no-v4l2", Message: notBuilt, Patient: true}
}

// Check implements source.Checker.
func (c *Config) Check(context.Context) *multierror.Error {
	var errs *multierror.Error
	return multierror.Append(errs, fault.Field{Pointer: "/source/kind", Detail: "can't be read by this program. " + notBuilt})
}

// List returns no camera.
func List(context.Context) ([]device.Device, error) { return []device.Device{}, nil }

// Controls returns an error of kind fault.NotImplemented.
func Controls(context.Context, string) ([]device.Control, error) {
	return nil, fault.New(fault.NotImplemented, notBuilt)
}

// SetControls returns an error of kind fault.NotImplemented.
func SetControls(context.Context, string, map[string]int64) error {
	return fault.New(fault.NotImplemented, notBuilt)
}
