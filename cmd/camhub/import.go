package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"camhub/internal/app"
)

// importFile reads cameras in: camhub import FILE|-.
func importFile(ctx context.Context, args []string, stdout, _ io.Writer) error {
	var i app.Import
	formats := strings.Join(app.ImportFormats(), ", ")
	fs := flag.NewFlagSet("camhub import", flag.ContinueOnError)
	placeFlags(fs, &i.Place)
	fs.StringVar(&i.From, "from", "camhub", "`program` whose file it is: "+formats+" (auto finds out)")
	fs.BoolVar(&i.DryRun, "dry-run", false, "only show what would change")
	fs.BoolVar(&i.Replace, "replace", false, "remove the cameras that the file does not name, and take its wall order")
	file, rest, err := takeFile(fs, args, "")
	if err != nil {
		return err
	}
	i.Path = file
	if err := parse(fs, rest, stdout); err != nil {
		return err
	}
	if err := choose(fs, &i.Place); err != nil {
		return err
	}
	switch {
	case i.Path == "":
		return usageError{errors.New("say which file, or - for standard input")}
	case !slices.Contains(app.ImportFormats(), i.From):
		return usageError{fmt.Errorf("--from must be one of %s, not %q", formats, i.From)}
	}
	return i.Run(ctx, os.Stdin, stdout)
}
