package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"strings"

	"camhub/internal/app"
)

// serve runs the hub until a signal ends it.
func serve(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c app.Config
	var format, level string
	fs := flag.NewFlagSet("camhub serve", flag.ContinueOnError)
	fs.StringVar(&c.Listen, "listen", defaultListen, "`address` to serve on, host:port or unix:path; port 0 picks a free one")
	fs.StringVar(&c.DataDir, "data", "./camhub-data", "`folder` that holds everything camhub keeps")
	fs.BoolVar(&c.Demo, "demo", false, "add four emulated cameras if there is no camera yet")
	fs.BoolVar(&c.InsecureNoAuth, "insecure-no-auth", false, "let everybody who reaches the hub see and change everything, without a login")
	fs.Func("allowed-hosts", "`names`, separated by commas, that a hub without a login answers to besides addresses and local names", func(v string) error {
		c.AllowedHosts = strings.Fields(strings.ToLower(strings.ReplaceAll(v, ",", " ")))
		return nil
	})
	fs.Func("camera-networks", "the only `networks` that cameras may be in, separated by commas, such as 10.0.0.0/8,127.0.0.0/8", func(v string) error {
		for _, text := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' }) {
			p, err := netip.ParsePrefix(text)
			if err != nil {
				return err
			}
			c.CameraNetworks = append(c.CameraNetworks, p.Masked())
		}
		return nil
	})
	entranceFlags(fs, &c)
	fs.StringVar(&format, "log-format", "text", "`format`: text or json")
	fs.StringVar(&level, "log-level", "info", "`level`: debug, info, warn or error")
	if err := parse(fs, args, stdout); err != nil {
		return err
	}
	if c.Listen == "" || c.DataDir == "" { // else any free port of every network, and any folder
		return usageError{errors.New("--listen and --data must not be empty")}
	}
	if err := checkEntrance(&c); err != nil {
		return err
	}
	log, err := newLogger(stderr, format, level)
	if err != nil {
		return err
	}
	slog.SetDefault(log) // what libraries print goes to the log too
	slog.SetLogLoggerLevel(slog.LevelDebug)
	c.Log, c.Version, c.Key = log, versionText(), os.Getenv(keyVariable)
	if err := os.Unsetenv(keyVariable); err != nil { // programs that the hub runs need no key
		return err
	}
	return app.Serve(ctx, c, stdout)
}

// parse sets the flags from the environment (--log-level from CAMHUB_LOG_LEVEL,
// unless it is empty; with a prefix when another command than the hub's has the
// flag) and then from args, which win. Help goes to stdout.
func parse(fs *flag.FlagSet, args []string, stdout io.Writer) error {
	fs.SetOutput(io.Discard) // errors are the caller's to tell
	var bad error
	prefix := "CAMHUB_"
	command := strings.TrimPrefix(fs.Name(), "camhub ")
	if command != "serve" {
		prefix += strings.ToUpper(command) + "_"
	}
	fs.VisitAll(func(f *flag.Flag) {
		name := prefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		f.Usage += " [$" + name
		if sharesVariable(command, f.Name) {
			f.Usage += " or $CAMHUB_" + strings.ToUpper(f.Name)
		}
		f.Usage += "]"
		if v := os.Getenv(name); v != "" && bad == nil {
			if err := fs.Set(f.Name, v); err != nil {
				bad = usageError{fmt.Errorf("%s: %w", name, err)}
			}
		}
	})
	if bad != nil {
		return bad
	}
	err := fs.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		printHelp(fs, command, stdout)
		return err
	}
	if err != nil {
		return usageError{err}
	}
	if fs.NArg() > 0 {
		return usageError{fmt.Errorf("unexpected argument %q", fs.Arg(0))}
	}
	return nil
}

// sharesVariable reports whether a flag has, besides the variable of its own, that of serve
// or of all commands: see dataFolder, listenAddress and placeFlags.
func sharesVariable(command, flag string) bool {
	switch flag {
	case "data":
		return command != "serve"
	case "listen":
		return command == "health" || command == "doctor"
	case "url":
		return command != "health"
	}
	return false
}

// printHelp prints how a command is called, and its flags.
func printHelp(fs *flag.FlagSet, command string, stdout io.Writer) {
	forms, ok := synopses[command]
	if !ok {
		forms = []form{{}}
	}
	flags := ""
	fs.VisitAll(func(*flag.Flag) { flags = " [flags]" })
	fmt.Fprintln(stdout, "Usage:")
	for _, f := range forms {
		call := strings.TrimSpace(fs.Name()+" "+f.args) + flags
		if f.doc != "" {
			call = fmt.Sprintf("%-32s %s", call, f.doc)
		}
		fmt.Fprintln(stdout, "  "+call)
	}
	if flags == "" {
		return
	}
	fmt.Fprintln(stdout, "\nFlags:")
	fs.SetOutput(stdout)
	fs.PrintDefaults()
}

func newLogger(w io.Writer, format, level string) (*slog.Logger, error) {
	var opts slog.HandlerOptions
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, usageError{fmt.Errorf("--log-level must be debug, info, warn or error, not %q", level)}
	}
	opts.Level = l
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(w, &opts)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, &opts)), nil
	}
	return nil, usageError{fmt.Errorf("--log-format must be text or json, not %q", format)}
}
