package app

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"

	"camhub/internal/seal"
)

// NewKey prints a key as CAMHUB_KEY takes it.
func NewKey(stdout io.Writer) error {
	_, err := fmt.Fprintln(stdout, seal.NewKey().Text())
	return err
}

// CheckKey prints whether the key of a data folder, whose hub must not run, opens the
// secrets of every camera; an error says that it does not. Nothing is changed: a key that
// only the environment has is not taken.
func CheckKey(dataDir, key string, stdout io.Writer) (err error) {
	if err := wantHub(dataDir); err != nil {
		return err
	}
	db, err := lookInto(dataDir, key)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	ring := db.keys.Ring
	db.look(nil) // to see what is sealed
	if err := db.wantRightKey(db.keys.Env); err != nil {
		return err
	}
	db.look(ring)
	ids, err := db.locked()
	if err != nil {
		return err
	}
	switch {
	case len(ids) > 0:
		return fmt.Errorf("%s the secrets of %s: %s", opensNot(ring), camerasText(len(ids)), strings.Join(ids, ", "))
	case len(ring) == 0:
		_, err = fmt.Fprintln(stdout, "there is no key yet, and nothing to open: the hub makes one when it starts")
		return err
	}
	db.look(ring[:1])
	others, err := db.locked()
	if err == nil && len(others) > 0 {
		_, err = fmt.Fprintf(stdout, "the secrets of %s are sealed with an earlier key: when the hub starts it seals them with %v\n", camerasText(len(others)), ring[0])
	} else if err == nil {
		_, err = fmt.Fprintf(stdout, "%v opens everything\n", ring[0])
	}
	return err
}

// opensNot says of a ring that it does not open something.
func opensNot(ring seal.Ring) string {
	if len(ring) == 0 {
		return "there is no key that opens"
	}
	return fmt.Sprintf("%v does not open", ring[0])
}

// RotateKey seals the secrets of a data folder, whose hub must not run, with a new key,
// and forgets the old ones. When the key is from the environment, key is a new one and
// the old, with a comma between them, or the new one alone when the old is in the key
// file; else the new one is made.
func RotateKey(dataDir, key string, stdout io.Writer) error {
	return rotateKey(dataDir, key, stdout, func(string) {})
}

// rotateKey is RotateKey. done is called for each step that is on disk; being killed
// between two of them loses nothing, since the key file holds both keys from before the
// first value is sealed anew until after the last, and the next start goes on.
func rotateKey(dataDir, key string, stdout io.Writer, done func(step string)) (err error) {
	if err := wantHub(dataDir); err != nil {
		return err
	}
	if keys, err := seal.FindKeys(dataDir, key); err != nil {
		return err
	} else if key != "" && len(keys.Ring) < 2 {
		return errors.New("the key is from CAMHUB_KEY: set it to NEW,OLD for this command (camhub key new prints a new one), and to NEW alone afterwards")
	}
	db, err := openToRotate(dataDir, key)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	before, err := db.locked()
	if err != nil {
		return err
	}
	done("opened")
	if key == "" {
		if err := db.keys.Put(seal.Ring{seal.NewKey()}.With(db.keys.Ring...)); err != nil {
			return err
		}
		done("both keys written")
		if err := db.protect(slog.Default(), done); err != nil {
			return mayRemain(dataDir, db.keys, err)
		}
	}
	fmt.Fprintf(stdout, "everything is sealed with %v now\n", db.keys.Ring[0])
	if key == "" {
		fmt.Fprintf(stdout, "make a new copy of %s; backups with secrets that were made before have the old key in them\n", filepath.Join(dataDir, seal.KeyFile))
	}
	if len(before) > 0 {
		fmt.Fprintf(stdout, "the secrets of %s could not be read before, and can't now: %s\n", camerasText(len(before)), strings.Join(before, ", "))
	}
	return nil
}

// camerasText says how many cameras there are.
func camerasText(n int) string {
	if n == 1 {
		return "1 camera"
	}
	return fmt.Sprintf("%d cameras", n)
}
