package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"camhub/internal/app"
)

// keyVariable is the environment variable with the key of the secrets of cameras, and
// tokenVariable that with an API token of the hub.
const (
	keyVariable   = "CAMHUB_KEY"
	tokenVariable = "CAMHUB_TOKEN"
)

// placeFlags adds the flags that say which hub is meant. Token and key come from
// the environment only: every user of the machine can read arguments.
func placeFlags(fs *flag.FlagSet, p *app.Place) {
	p.Token = os.Getenv(tokenVariable)
	p.Key = os.Getenv(keyVariable)
	fs.StringVar(&p.DataDir, "data", dataFolder(), "`folder` of a hub that does not run")
	fs.StringVar(&p.URL, "url", os.Getenv("CAMHUB_URL"), "`address` of a hub that runs, such as http://127.0.0.1:8080 or unix:path; with an API token in $"+tokenVariable+", if it has users")
}

// takeFile returns the one argument that is no flag, wherever it stands, and the others.
// It is missing when there is none.
func takeFile(fs *flag.FlagSet, args []string, missing string) (file string, rest []string, err error) {
	file = missing
	taken := false
	for i := 0; i < len(args); i++ {
		a := args[i]
		if len(a) > 1 && a[0] == '-' {
			rest = append(rest, a)
			name, _, hasValue := strings.Cut(strings.TrimLeft(a, "-"), "=")
			if f := fs.Lookup(name); f != nil && !hasValue && !isBool(f) && i+1 < len(args) {
				i++
				rest = append(rest, args[i])
			}
			continue
		}
		if taken {
			return "", nil, usageError{fmt.Errorf("unexpected argument %q", a)}
		}
		file, taken = a, true
	}
	return file, rest, nil
}

// isBool reports whether a flag takes no value.
func isBool(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}
