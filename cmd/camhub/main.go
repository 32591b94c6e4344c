// Command camhub puts every camera that a person owns on one wall.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

// command is one subcommand. It returns flag.ErrHelp or a usageError when its
// arguments are not right, and has said why.
type command struct {
	name, doc string
	run       func(ctx context.Context, args []string, stdout, stderr io.Writer) error
}

var commands = []command{
	{"serve", "run the hub", serve},
	{"check", "look for faults in the recordings, and repair them", check},
	{"doctor", "say what is wrong, and what to do", doctor},
	{"export", "write the cameras as YAML", export},
	{"import", "read cameras from a file, also from files of other programs", importFile},
	{"user", "add, list and remove users, and set their passwords", user},
	{"backup", "write a backup of the cameras, users, settings and events", backup},
	{"restore", "put a backup back", restore},
	{"key", "make, check, change and give up the key of the cameras' passwords", key},
	{"simulate", "serve cameras with every known defect, to try things with", simulate},
	{"health", "ask whether a hub runs", health},
	{"version", "say which version this is", version},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal kills at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run runs the subcommand that args name and returns the exit status: 0 when
// all went well, 1 when it failed, 2 when it was called in a wrong way.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 1 && args[0] == "help" {
		return help(ctx, args[1:], stdout, stderr)
	}
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(stdout)
		return 0
	}
	for _, c := range commands {
		if c.name != args[0] {
			continue
		}
		err := c.run(ctx, args[1:], stdout, stderr)
		switch {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return 0
		case errors.As(err, new(usageError)):
			fmt.Fprintf(stderr, "camhub %s: %v\n", c.name, err)
			return 2
		default:
			fmt.Fprintf(stderr, "camhub: %v\n", err)
			return 1
		}
	}
	fmt.Fprintf(stderr, "camhub: there is no command %q; try camhub help\n", args[0])
	return 2
}

// help prints the guide to a topic, or how a command is called, and returns the exit status.
func help(ctx context.Context, topic []string, stdout, stderr io.Writer) int {
	switch isCommand := slices.ContainsFunc(commands, func(c command) bool { return c.name == topic[0] }); {
	case len(topic) > 1:
		fmt.Fprintf(stderr, "camhub help: unexpected argument %q\n", topic[1])
	case isCommand:
		return run(ctx, []string{topic[0], "-h"}, stdout, stderr)
	case printGuide(stdout, topic[0]):
		return 0
	default:
		fmt.Fprintf(stderr, "camhub: there is no guide or command %q; camhub help lists them\n", topic[0])
	}
	return 2
}

// form is one way to call a command that takes arguments besides flags. It has a doc when
// there are several.
type form struct{ args, doc string }

var synopses = map[string][]form{
	"export":  {{args: "[FILE|-]"}},
	"import":  {{args: "FILE|-"}},
	"user":    {{"add NAME", "add one; asks for a password"}, {"passwd NAME", "set a password"}, {"list", "list them"}, {"remove NAME", "remove one"}},
	"backup":  {{args: "FILE|-"}},
	"restore": {{args: "FILE"}},
	"key": {
		{"new", "print a new key, for $" + keyVariable}, {"check", "say whether the key opens all secrets"},
		{"rotate", "change to a new key"}, {"forget", "remove the secrets that no key opens"},
	},
}

// usageError says what is wrong with the arguments.
type usageError struct{ error }

func usage(w io.Writer) {
	fmt.Fprintln(w, "camhub puts every camera that you own on one wall.\n\nUsage:")
	for _, c := range commands {
		fmt.Fprintf(w, "  camhub %-10s %s\n", c.name, c.doc)
	}
	fmt.Fprintln(w, "\n\"camhub serve -h\" lists the flags of serve, and so on; every flag has an environment variable.\n\nGuides:")
	for _, topic := range guides() {
		fmt.Fprintf(w, "  camhub help %-12s %s\n", topic, guideTitle(topic))
	}
}
