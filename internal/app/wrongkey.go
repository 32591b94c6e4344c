package app

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"camhub/internal/event"
	"camhub/internal/seal"
)

// errWrongKey is a CAMHUB_KEY that is not the key of the database.
var errWrongKey = errors.New("CAMHUB_KEY is not the key that the secrets of cameras were sealed with")

// wantRightKey returns an errWrongKey when a ring, of the environment, opens none of the
// secrets that are sealed: it is far more likely a mistake than a key that was lost, and
// to go on would seal with it what is entered, or what the key file opens. Without a
// ring, or without anything sealed, all is well: who has lost his key starts without
// CAMHUB_KEY. It must be called before the database opens its secrets.
func (p *protected) wantRightKey(ring seal.Ring) error {
	if len(ring) == 0 {
		return nil
	}
	ds, err := p.Cameras()
	if err != nil {
		return err
	}
	cameras, opensFile := 0, false
	for _, d := range ds {
		values := seal.Locked(d.Source.Options)
		for _, value := range values {
			if ring.Has(value) {
				return nil
			}
			opensFile = opensFile || p.keys.InFile().Has(value)
		}
		if len(values) > 0 {
			cameras++
		}
	}
	if cameras == 0 {
		return nil
	}
	advice := "set CAMHUB_KEY to the key of before (camhub key check tells whether it is), or unset it to start without these secrets. " +
		"When the key is lost for good, camhub key forget removes what it sealed"
	if opensFile {
		advice = "unset CAMHUB_KEY: the key in " + seal.KeyFile + " opens them; or run camhub key rotate with this CAMHUB_KEY, to change to it"
	}
	return fmt.Errorf("%w: %v opens none of those of %s. Nothing was changed. What to do: %s", errWrongKey, ring[0], camerasText(cameras), advice)
}

// ForgetSecrets removes from a data folder, whose hub must not run, the secrets that no
// key opens, and prints of which cameras: their key is lost for good.
func ForgetSecrets(dataDir, key string, stdout io.Writer) (err error) {
	if err := wantHub(dataDir); err != nil {
		return err
	}
	db, err := openKeyed(dataDir, key)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.look(db.keys.Ring)
	ds, err := db.Cameras()
	if err != nil {
		return err
	}
	var forgotten []string
	for _, d := range ds {
		if len(seal.Locked(d.Source.Options)) == 0 {
			continue
		}
		d = seal.Forget(d)
		d.UpdatedAt = time.Now().UTC()
		if _, _, err := db.PutCamera(d, event.Event{Time: d.UpdatedAt, Type: event.Changed, Camera: d.ID, Name: d.Name}); err != nil {
			return fmt.Errorf("forget the secrets of %s: %w", d.ID, err)
		}
		forgotten = append(forgotten, string(d.ID))
	}
	if len(forgotten) == 0 {
		_, err = fmt.Fprintln(stdout, "there is nothing to forget: the key opens all secrets that there are")
		return err
	}
	_, err = fmt.Fprintf(stdout, "forgot the secrets of %s, which have to be entered again: %s\n", camerasText(len(forgotten)), strings.Join(forgotten, ", "))
	return err
}

// openToRotate opens the database of a data folder to change its key, and makes sure that
// nothing of an earlier change is left to do.
func openToRotate(dataDir, key string) (protected, error) {
	db, err := openKeyed(dataDir, key)
	if err != nil {
		return db, err
	}
	if key != "" {
		err = db.wantRightKey(db.keys.Ring)
	}
	if err == nil {
		err = db.protect(slog.Default(), func(string) {})
	}
	if err != nil {
		return db, errors.Join(mayRemain(dataDir, db.keys, err), db.Close())
	}
	return db, nil
}

// mayRemain says of a remainsError what it means for a key that was changed. Other errors
// stay as they are.
func mayRemain(dataDir string, keys seal.Keys, err error) error {
	if !errors.As(err, new(remainsError)) {
		return err
	}
	again := "run camhub key rotate again"
	if keys.FromEnv {
		again += " with the same CAMHUB_KEY"
	}
	return fmt.Errorf("the secrets are sealed with %v now, but unused parts of %s may still hold them as they were before, "+
		"for whoever has the old key: %w. What to do: mend that, and %s", keys.Ring[0], filepath.Join(dataDir, storeFile), err, again)
}
