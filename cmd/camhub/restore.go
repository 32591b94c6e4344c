package main

import (
	"context"
	"errors"
	"flag"
	"io"

	"camhub/internal/app"
)

// restore puts a backup in place of the database of a hub that does not run: camhub
// restore FILE.
func restore(_ context.Context, args []string, stdout, _ io.Writer) error {
	fs := flag.NewFlagSet("camhub restore", flag.ContinueOnError)
	dir := fs.String("data", dataFolder(), "`folder` that holds everything camhub keeps")
	file, rest, err := takeFile(fs, args, "")
	if err != nil {
		return err
	}
	if err := parse(fs, rest, stdout); err != nil {
		return err
	}
	if file == "" {
		return usageError{errors.New("say what: camhub restore FILE")}
	}
	return app.Restore(*dir, file, stdout)
}
