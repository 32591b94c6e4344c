package main

import (
	"context"
	"errors"
	"flag"
	"io"

	"camhub/internal/app"
)

// backup writes a backup of a hub: camhub backup FILE|-.
func backup(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	b := app.Backup{Version: versionText()}
	fs := flag.NewFlagSet("camhub backup", flag.ContinueOnError)
	placeFlags(fs, &b.Place)
	fs.BoolVar(&b.Secrets, "with-secrets", false, "with the passwords of cameras, and what users sign in with: keep the file like a password")
	file, rest, err := takeFile(fs, args, "")
	if err != nil {
		return err
	}
	b.File = file
	if err := parse(fs, rest, stdout); err != nil {
		return err
	}
	if err := choose(fs, &b.Place); err != nil {
		return err
	}
	if b.File == "" {
		return usageError{errors.New("say where to: camhub backup FILE, or - for standard output")}
	}
	return b.Run(ctx, stdout, stderr)
}
