package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

// version says which version this is.
func version(_ context.Context, args []string, stdout, _ io.Writer) error {
	if err := parse(flag.NewFlagSet("camhub version", flag.ContinueOnError), args, stdout); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stdout, "camhub %s %s %s/%s\n", versionText(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// release is set by packagers who build without the repository's history:
//
//	go build -ldflags "-X main.release=v1.2.3" ./cmd/camhub
var release string

// versionText returns release, or what Go's linker knows of where the program
// comes from. Pages that are open reload themselves when it changes.
func versionText() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version // a tag, or a pseudo-version of the commit
}
