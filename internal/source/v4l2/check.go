//go:build linux && cgo

package v4l2

import (
	"context"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/fault"
	"camhub/internal/strict"
)

// Check implements source.Checker. A camera that is not plugged in, is used by
// another program or may not be opened is no fault: all that can change.
func (c *Config) Check(ctx context.Context) *multierror.Error {
	var errs *multierror.Error
	h, err := open(c.Device)
	switch code(err) {
	case "not-a-camera", "ambiguous":
		return multierror.Append(errs, fault.Field{Pointer: "/source/device", Detail: err.Error()})
	}
	if err != nil {
		return nil
	}
	defer h.close()
	if offers, err := h.offers(nil); err == nil {
		if _, ok := choose(c.asked(), offers); !ok {
			pointer := "/source/format"
			if c.Format == formatAuto {
				pointer = "/source/device"
			}
			errs = multierror.Append(errs, fault.Field{Pointer: pointer, Detail: errNoFormat(c.Device, c.Format, offers).Message})
		}
	}
	all, err := h.controls(ctx)
	if err != nil {
		return errs
	}
	changes(all, c.Controls, func(name, detail string) {
		errs = multierror.Append(errs, fault.Field{Pointer: "/source/controls/" + strict.Token(name), Detail: detail})
	})
	return errs
}
