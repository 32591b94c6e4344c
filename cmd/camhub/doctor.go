package main

import (
	"context"
	"errors"
	"flag"
	"io"

	"camhub/internal/app"
)

// errUnwell says that the doctor found problems, which it has printed.
var errUnwell = errors.New("there are problems")

// doctor says on one page what is wrong. The exit status is 0 when nothing is, also
// with warnings, 1 when something is, 2 when it was called in a wrong way.
func doctor(ctx context.Context, args []string, stdout, _ io.Writer) error {
	d := app.Doctor{Version: versionText()}
	fs := flag.NewFlagSet("camhub doctor", flag.ContinueOnError)
	placeFlags(fs, &d.Place)
	fs.StringVar(&d.Listen, "listen", listenAddress(), "`address` that the hub is meant to serve on")
	fs.StringVar(&d.Bundle, "bundle", "", "`file` to write: a zip with what a helper needs to know, without secrets")
	fs.BoolVar(&d.JSON, "json", false, "print the page as JSON")
	if err := parse(fs, args, stdout); err != nil {
		return err
	}
	healthy, err := d.Run(ctx, stdout)
	if err == nil && !healthy {
		err = errUnwell
	}
	return err
}
