package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/atomicfile"
	"camhub/internal/foreign"
	"camhub/internal/hubclient"
	"camhub/internal/portable"
	"camhub/internal/retention"
	"camhub/store"
)

// Place is where a hub is to be found: one that runs at an address, or one that does not
// run in its data folder.
type Place struct {
	DataDir string
	URL     string // if not "": of the hub that runs
	Token   string // of its API; "" where nobody signs in
	Key     string // see Config.Key
}

// errRuns is what to do about a data folder that is in use.
var errRuns = errors.New("a hub runs on this data folder: give its address with --url (and an API token in CAMHUB_TOKEN, if it has users)")

// client returns who asks the hub that runs at the place's address.
func (p Place) client() (*hubclient.Client, error) { return hubclient.New(p.URL, p.Token) }

// open opens the database of a hub that does not run.
func (p Place) open() (protected, error) {
	db, err := openStore(p.DataDir, p.Key, slog.Default())
	if store.IsInUse(err) {
		return db, errRuns
	}
	return db, err
}

// look is open for those who only look.
func (p Place) look() (protected, error) {
	db, err := lookInto(p.DataDir, p.Key)
	if store.IsInUse(err) {
		return db, errRuns
	}
	return db, err
}

// wantHub returns an error when a data folder has no hub.
func wantHub(dataDir string) error {
	if _, err := os.Stat(filepath.Join(dataDir, storeFile)); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no hub in the folder %s: give another one with --data", dataDir)
	}
	return nil
}

// with calls f with the hub of a place. create says that a data folder without a hub
// gets one; without that f only looks, at an empty hub if there is none, or if there must
// be one, that is an error.
func (p Place) with(create, must bool, f func(portable.Target) error) (err error) {
	if p.URL != "" {
		c, err := p.client()
		if err != nil {
			return err
		}
		return f(portable.Online{Client: c, Kinds: kinds})
	}
	open := p.open
	if !create {
		if err := wantHub(p.DataDir); err != nil {
			if must {
				return fmt.Errorf("%w, or the address of one that runs with --url", err)
			}
			return f(nothing{})
		}
		open = p.look
	}
	db, err := open()
	if err != nil {
		return err
	}
	defer func() {
		if closed := db.Close(); closed != nil {
			err = multierror.Append(err, closed)
		}
	}()
	return f(portable.Offline{Store: db.Store})
}

// nothing is a hub that does not exist yet, for those who only look.
type nothing struct{ portable.Target }

// State implements portable.Target.
func (nothing) State(context.Context) (*portable.State, error) {
	return &portable.State{Settings: retention.Default()}, nil
}

// Export says what is written out.
type Export struct {
	Place
	Secrets bool
	Path    string // the file; "-" is standard output
}

// errNoSecrets says why secrets can't be had.
var errNoSecrets = errors.New("a running hub never gives its secrets away: stop it, and export with --data, or leave --with-secrets out")

// Run writes the definitions of a hub as YAML, as package portable says. A file is for
// its owner only, and is there as a whole or not at all. What a person should know goes
// to stderr.
func (e Export) Run(ctx context.Context, stdout, stderr io.Writer) error {
	if e.Secrets && e.URL != "" {
		return errNoSecrets
	}
	return e.with(false, true, func(hub portable.Target) error {
		s, err := hub.State(ctx)
		if err != nil {
			return err
		}
		b, missing, err := portable.Write(s, kinds, e.Secrets)
		if err != nil {
			return err
		}
		if err := writeOut(e.Path, b, stdout); err != nil {
			return err
		}
		switch {
		case len(missing) > 0 && e.Secrets:
			fmt.Fprintln(stderr, "These secrets are not in the file, since the present key does not open them:")
		case len(missing) > 0:
			fmt.Fprintln(stderr, "These secrets are not in the file (--with-secrets of a hub that does not run writes them):")
		}
		for _, line := range missing {
			fmt.Fprintln(stderr, "   ", line)
		}
		return nil
	})
}

// writeOut writes a file that replaces the one before when it is on disk.
func writeOut(path string, b []byte, stdout io.Writer) error {
	if path == "-" {
		_, err := stdout.Write(b)
		return err
	}
	return atomicfile.Write(path, b, 0o600)
}

// Import says what is read in.
type Import struct {
	Place
	Path    string // the file, for another program's a folder too; "-" is standard input
	From    string // whose file it is: one of foreign.Formats, or "camhub"
	DryRun  bool   // only show what would change
	Replace bool   // remove the cameras that the file does not name, and take its order
}

// Run shows what an import changes, and does it.
func (i Import) Run(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	f, err := i.read(stdin, stdout)
	if err != nil {
		return err
	}
	return i.with(!i.DryRun, false, func(hub portable.Target) error {
		s, err := hub.State(ctx)
		if err != nil {
			return err
		}
		p, err := portable.NewPlan(f, s, kinds, i.Replace)
		if err != nil {
			return fmt.Errorf("nothing was changed:\n%w", err)
		}
		if err := p.Show(stdout); err != nil {
			return err
		}
		if i.DryRun || p.Empty() {
			_, err = fmt.Fprintln(stdout, "nothing was changed")
			return err
		}
		var done []string
		err = p.Apply(ctx, hub, func(what string) { done = append(done, what) })
		if err != nil {
			fmt.Fprintf(stdout, "%d changes were made before one failed:\n", len(done))
			for _, what := range done {
				fmt.Fprintln(stdout, "   ", what)
			}
			return err
		}
		_, err = fmt.Fprintln(stdout, "done")
		return err
	})
}

// read reads the file, and says what is not taken over of it.
func (i Import) read(stdin io.Reader, stdout io.Writer) (*portable.File, error) {
	name := i.Path
	if name == "-" {
		name = "standard input"
	}
	if i.From != "camhub" {
		var r *foreign.Result
		var err error
		if i.Path == "-" {
			r, err = foreign.Read(foreign.Format(i.From), name, stdin)
		} else {
			r, err = foreign.ReadFile(foreign.Format(i.From), i.Path)
		}
		if err != nil {
			return nil, err
		}
		for _, s := range r.Skipped {
			fmt.Fprintln(stdout, "skipped", s)
		}
		for _, n := range r.Notes {
			fmt.Fprintln(stdout, "note   ", n)
		}
		return portable.FromForeign(r)
	}
	if i.Path == "-" {
		return portable.Read(name, stdin)
	}
	f, err := os.Open(i.Path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	file, err := portable.Read(name, f)
	if err != nil {
		if r, other := foreign.ReadFile(foreign.Auto, i.Path); other == nil && len(r.Cameras)+len(r.Skipped) > 0 {
			err = fmt.Errorf("%w; it looks like a file of %s: try --from %s", err, r.Format, r.Format)
		}
	}
	return file, err
}

// ImportFormats names whose files are read.
func ImportFormats() []string {
	names := []string{"camhub"}
	for _, f := range foreign.Formats {
		names = append(names, string(f))
	}
	return names
}
