package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"camhub/internal/app"
)

// health asks whether a hub runs, for containers.
func health(ctx context.Context, args []string, stdout, _ io.Writer) error {
	fs := flag.NewFlagSet("camhub health", flag.ContinueOnError)
	url := fs.String("url", "http://127.0.0.1:8080", "`address` of the hub: http, https, or unix:path")
	if err := parse(fs, args, stdout); err != nil {
		return err
	}
	if err := app.Health(ctx, *url); err != nil {
		return err
	}
	_, err := fmt.Fprintln(stdout, "ok")
	return err
}
