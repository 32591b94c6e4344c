package app

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"camhub/internal/seal"
	"camhub/store"
)

// storeFile is the name of the database in the data folder.
const storeFile = "camhub.db"

// protected is an open database and the keys that its secrets are sealed with.
type protected struct {
	*store.Store
	keys seal.Keys
}

// openStore opens the database of a data folder, with the secrets of cameras sealed in
// it: what was plain, or sealed with an earlier key, is sealed with the first key,
// and no trace of it stays in the file. It also ends a rotation that was cut. key is
// CAMHUB_KEY, or "". Secrets that no key opens are left as they are; a CAMHUB_KEY that
// opens none of those that there are is an error, and nothing is changed.
func openStore(dataDir, key string, log *slog.Logger) (p protected, err error) {
	p, err = openKeyed(dataDir, key)
	if err != nil {
		return p, err
	}
	err = p.wantRightKey(p.keys.Env)
	if err == nil {
		err = p.protect(log, func(string) {})
	}
	if errors.As(err, new(remainsError)) { // the next start tries again
		log.Error("what was there before the secrets of cameras were sealed is still in unused parts of the database", "err", err)
		err = nil
	}
	if err != nil {
		return p, errors.Join(err, p.Close())
	}
	return p, nil
}

// openKeyed opens the database of a data folder with its keys, and seals nothing yet.
func openKeyed(dataDir, key string) (p protected, err error) {
	db, err := store.Open(filepath.Join(dataDir, storeFile))
	if err != nil {
		return p, err
	}
	removeStrays(dataDir)
	keys, err := seal.LoadKeys(dataDir, key)
	if err != nil {
		return p, errors.Join(err, db.Close())
	}
	return protected{db, keys}, nil
}

// lookInto opens the database of a data folder for those who only look: it makes no key and
// seals nothing anew, so that a wrong CAMHUB_KEY, or none, spoils nothing. What no key
// opens stays sealed.
func lookInto(dataDir, key string) (p protected, err error) {
	db, err := store.Open(filepath.Join(dataDir, storeFile))
	if err != nil {
		return p, err
	}
	keys, err := seal.FindKeys(dataDir, key)
	if err != nil {
		return p, errors.Join(err, db.Close())
	}
	p = protected{db, keys}
	p.look(keys.Ring)
	return p, nil
}

// look has the database open its secrets with the keys of a ring.
func (p *protected) look(ring seal.Ring) { p.Look(seal.NewVault(ring, kinds.Secrets)) }

// remainsError is that of a compaction: everything is sealed, and what was there before
// may still be in unused parts of the database.
type remainsError struct{ error }

// protect seals what is not sealed with the first key, and then drops the others. done
// is told of each step that is on disk. The error may be a remainsError; nothing is dropped then.
func (p *protected) protect(log *slog.Logger, done func(step string)) error {
	sealed, err := p.Protect(seal.NewVault(p.keys.Ring, kinds.Secrets))
	if err != nil {
		return err
	}
	done("sealed")
	if sealed > 0 {
		log.Info("sealed the secrets of cameras", "cameras", sealed, "key", p.keys.Ring[0])
	}
	if err := p.Compact(); err != nil {
		return remainsError{err}
	}
	done("compacted")
	if !p.keys.Unused() {
		return nil
	}
	if p.keys.FromEnv {
		log.Warn("the key file is not needed any more: CAMHUB_KEY opens everything", "file", seal.KeyFile)
		return nil
	}
	err = p.keys.Put(p.keys.Ring[:1])
	done("dropped")
	return err
}

// strays are the files that a copy of the database is made in.
const strays = ".camhub-copy-*"

// removeStrays removes what a copy left that was cut. The database is locked.
func removeStrays(dataDir string) {
	names, _ := filepath.Glob(filepath.Join(dataDir, strays)) // the pattern is good, but for odd folders
	for _, name := range names {
		_ = os.RemoveAll(name) // the next start tries again
	}
}

// locked names the cameras with secrets that no key opens.
func (p *protected) locked() (ids []string, err error) {
	ds, err := p.Cameras()
	for _, d := range ds {
		if len(seal.Locked(d.Source.Options)) > 0 {
			ids = append(ids, string(d.ID))
		}
	}
	return ids, err
}

// report logs what a person should know of the database and its key.
func (p *protected) report(dataDir string, log *slog.Logger) error {
	if warning := p.Warning(); warning != "" {
		log.Warn("database", "warning", warning)
	}
	if p.keys.Made {
		log.Info("made a key for the secrets of cameras; keep a copy of it apart from the database", "file", filepath.Join(dataDir, seal.KeyFile))
	}
	users, err := p.Access()
	if err != nil {
		return err
	}
	if shut := users.Shut(); len(shut) > 0 {
		log.Warn("these users have no password since a backup without secrets was put back, and can't sign in: set new ones with camhub user passwd NAME, while the hub does not run", "users", shut)
	}
	ids, err := p.locked()
	if err == nil && len(ids) > 0 {
		log.Warn(fmt.Sprintf("the secrets of %s can't be read with the present key: enter them again, or put the key back", camerasText(len(ids))), "cameras", ids)
	}
	return err
}
