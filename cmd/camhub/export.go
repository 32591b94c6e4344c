package main

import (
	"context"
	"flag"
	"io"

	"camhub/internal/app"
)

// export writes the cameras of a hub as YAML: camhub export [FILE|-].
func export(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var e app.Export
	fs := flag.NewFlagSet("camhub export", flag.ContinueOnError)
	placeFlags(fs, &e.Place)
	fs.BoolVar(&e.Secrets, "with-secrets", false, "write passwords and headers too; only of a hub that does not run")
	file, rest, err := takeFile(fs, args, "-")
	if err != nil {
		return err
	}
	e.Path = file
	if err := parse(fs, rest, stdout); err != nil {
		return err
	}
	if err := choose(fs, &e.Place); err != nil {
		return err
	}
	return e.Run(ctx, stdout, stderr)
}
