package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"camhub/internal/app"
)

// user manages the users of a hub that does not run: camhub user add|passwd|list|remove.
// A password comes from the terminal, or from standard input, and never from an
// argument, which every user of the machine could read.
func user(ctx context.Context, args []string, stdout, _ io.Writer) error {
	verbs := []string{"add", "passwd", "list", "remove"}
	verb, args := takeName(args)
	u := app.User{Role: "viewer"}
	fs := flag.NewFlagSet("camhub user", flag.ContinueOnError)
	dir := fs.String("data", dataFolder(), "`folder` that holds everything camhub keeps")
	if verb == "add" || verb == "" {
		fs.StringVar(&u.Role, "role", u.Role, "for add, the `role`: viewer, operator or admin")
		list := func(into *[]string) func(string) error {
			return func(v string) error {
				*into = append(*into, strings.FieldsFunc(v, func(r rune) bool { return r == ',' })...)
				return nil
			}
		}
		fs.Func("cameras", "for add: `IDs` of the cameras that the user sees, separated by commas; without these and groups: all", list(&u.Cameras))
		fs.Func("groups", "for add: names of `groups` that the user sees, separated by commas", list(&u.Groups))
	}
	name, rest := takeName(args)
	if err := parse(fs, rest, stdout); err != nil {
		return err
	}
	if !slices.Contains(verbs, verb) {
		return usageError{fmt.Errorf("say what to do: %s", strings.Join(verbs, ", "))}
	}
	if (name == "") != (verb == "list") {
		return usageError{fmt.Errorf("camhub user %s takes %s", verb, map[bool]string{true: "no name", false: "the name of a user before its flags"}[verb == "list"])}
	}
	u.Name = name
	if verb == "add" || verb == "passwd" {
		var err error
		if u.Password, err = readPassword(os.Stdin, stdout); err != nil {
			return err
		}
	}
	return app.ManageUsers(ctx, *dir, verb, u, stdout)
}

// takeName returns the argument before the flags, and the others.
func takeName(args []string) (name string, rest []string) {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return "", args
	}
	return args[0], args[1:]
}

// readPassword asks for a password twice at a terminal, which does not show it,
// or reads a line of what is no terminal.
func readPassword(in *os.File, out io.Writer) (string, error) {
	fd := int(in.Fd())
	if !term.IsTerminal(fd) {
		line, err := bufio.NewReader(io.LimitReader(in, 4096)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read the password: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	ask := func(prompt string) (string, error) {
		fmt.Fprint(out, prompt)
		b, err := term.ReadPassword(fd)
		fmt.Fprintln(out)
		if err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		return string(b), nil
	}
	password, err := ask("Password: ")
	if err != nil {
		return "", err
	}
	again, err := ask("Again: ")
	if err == nil && again != password {
		err = errors.New("the two passwords differ")
	}
	return password, err
}
