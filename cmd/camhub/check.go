package main

import (
	"context"
	"errors"
	"flag"
	"io"

	"camhub/internal/app"
)

// errFaults says that a check found faults, which it has printed.
var errFaults = errors.New("there are faults in the recordings")

// check looks for faults in the recordings. The exit status is 0 when there is none,
// 1 when there are, 2 when it could not look.
func check(ctx context.Context, args []string, stdout, _ io.Writer) error {
	var c app.Check
	fs := flag.NewFlagSet("camhub check", flag.ContinueOnError)
	fs.StringVar(&c.DataDir, "data", dataFolder(), "`folder` that holds everything camhub keeps")
	fs.BoolVar(&c.Repair, "repair", false, "repair what can be; the hub must not run")
	fs.BoolVar(&c.JSON, "json", false, "print the report as JSON")
	if err := parse(fs, args, stdout); err != nil {
		return err
	}
	clean, err := c.Run(ctx, stdout)
	switch {
	case err != nil:
		return usageError{err}
	case !clean:
		return errFaults
	}
	return nil
}
