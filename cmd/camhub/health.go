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
	url := fs.String("url", "", "`address` of the hub: http, https, or unix:path; without it the hub of this machine that --listen tells of is asked")
	listen := fs.String("listen", listenAddress(), "`address` that the hub serves on, as serve is told it")
	if err := parse(fs, args, stdout); err != nil {
		return err
	}
	if err := app.Health(ctx, *url, *listen); err != nil {
		return err
	}
	_, err := fmt.Fprintln(stdout, "ok")
	return err
}
