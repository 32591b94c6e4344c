package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"camhub/internal/app"
)

// key looks after the key of the secrets of cameras: camhub key new|check|rotate|forget.
func key(_ context.Context, args []string, stdout, _ io.Writer) error {
	fs := flag.NewFlagSet("camhub key", flag.ContinueOnError)
	dir := fs.String("data", dataFolder(), "`folder` of a hub that does not run")
	verb, rest := takeName(args)
	if err := parse(fs, rest, stdout); err != nil {
		return err
	}
	switch verb {
	case "new":
		return app.NewKey(stdout)
	case "check":
		return app.CheckKey(*dir, os.Getenv(keyVariable), stdout)
	case "rotate":
		return app.RotateKey(*dir, os.Getenv(keyVariable), stdout)
	case "forget":
		return app.ForgetSecrets(*dir, os.Getenv(keyVariable), stdout)
	}
	return usageError{fmt.Errorf("say what to do: %s", strings.Join([]string{"new", "check", "rotate", "forget"}, ", "))}
}
