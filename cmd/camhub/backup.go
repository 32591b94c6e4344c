package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"

	"camhub/internal/app"
)

// keyVariable is the environment variable with the key of the secrets of cameras. It is no
// flag: what stands on a command line can be read by every user of the machine.
const keyVariable = "CAMHUB_KEY"

// tokenVariable is the environment variable with an API token of the hub.
const tokenVariable = "CAMHUB_TOKEN"

// backup writes a backup of a hub: camhub backup FILE|-.
func backup(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	b := app.Backup{Key: os.Getenv(keyVariable), Token: os.Getenv(tokenVariable), Version: versionText()}
	fs := flag.NewFlagSet("camhub backup", flag.ContinueOnError)
	fs.StringVar(&b.DataDir, "data", dataFolder(), "`folder` of a hub that does not run")
	fs.StringVar(&b.URL, "url", "", "`address` of a hub that runs, such as http://127.0.0.1:8080; one with users asks for an API token of an admin in $"+tokenVariable)
	fs.BoolVar(&b.Secrets, "with-secrets", false, "with the passwords of cameras, and what users sign in with: keep the file like a password")
	var rest []string
	b.File, rest = takeFile(args)
	if err := parse(fs, rest, stdout); err != nil {
		return err
	}
	if b.File == "" {
		return usageError{errors.New("say where to, before the flags: camhub backup FILE, or - for standard output")}
	}
	return b.Run(ctx, stdout, stderr)
}

// takeFile returns the argument before the flags, which may be "-", and the others.
func takeFile(args []string) (file string, rest []string) {
	if len(args) > 0 && args[0] == "-" {
		return args[0], args[1:]
	}
	return takeName(args)
}
