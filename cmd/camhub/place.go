package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"camhub/internal/app"
)

// keyVariable is the environment variable with the key of the secrets of cameras, and
// tokenVariable that with an API token of the hub; defaultListen is where it serves when
// it is told nothing.
const (
	keyVariable   = "CAMHUB_KEY"
	tokenVariable = "CAMHUB_TOKEN"
	defaultListen = "127.0.0.1:8080"
)

// dataFolder returns the data folder of the hub, as serve knows it.
func dataFolder() string {
	if dir := os.Getenv("CAMHUB_DATA"); dir != "" {
		return dir
	}
	return "./camhub-data"
}

// listenAddress returns the address that the hub serves on, as serve knows it.
func listenAddress() string { return cmp.Or(os.Getenv("CAMHUB_LISTEN"), defaultListen) }

// placeFlags adds the flags that say which hub is meant. Token and key come from
// the environment only: every user of the machine can read arguments.
func placeFlags(fs *flag.FlagSet, p *app.Place) {
	p.Token = os.Getenv(tokenVariable)
	p.Key = os.Getenv(keyVariable)
	fs.StringVar(&p.DataDir, "data", dataFolder(), "`folder` of a hub that does not run")
	fs.StringVar(&p.URL, "url", os.Getenv("CAMHUB_URL"), "`address` of a hub that runs, such as http://127.0.0.1:8080 or unix:/run/camhub/http.sock; with an API token in $"+tokenVariable+", if it has users")
}

// choose decides, after fs was parsed, between the hub that runs and the one that does
// not: who names a folder does not mean the address that happens to be in CAMHUB_URL.
func choose(fs *flag.FlagSet, p *app.Place) error {
	given := make(map[string]bool)
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	switch {
	case given["data"] && given["url"]:
		return usageError{errors.New("give --data, of a hub that does not run, or --url, of one that does")}
	case given["data"]:
		p.URL = ""
	}
	return nil
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
