package backup

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"camhub/internal/event"
	"camhub/internal/owner"
	"camhub/internal/seal"
	"camhub/store"
)

// Restored says what a restore has done.
type Restored struct {
	Manifest
	Old         string   // where the database is that was there before, or ""
	NoPasswords []string // the users who can't sign in before they have a new password
}

// Target is where a backup is put back.
type Target struct {
	Folder string // the data folder, which need not exist
	Store  string // the name of the database in it
	Prefix string // of the name of a file that is there meanwhile
}

// Restore puts the backup at path in the place of the database of a data folder. A hub that
// uses the folder is an error. Everything is checked before anything is replaced: the
// bytes of the backup, and the database in it as the hub does it at its start, which also
// brings it up to date. The old database stays beside the new one, and the keys of the
// folder stay, with that of the backup behind them, so that both can be read.
func (t Target) Restore(path string) (r Restored, err error) {
	b, err := Open(path)
	if err != nil {
		return r, err
	}
	defer b.Close()
	r.Manifest = b.Manifest
	at := filepath.Join(t.Folder, t.Store)
	if err := store.InUse(at); err != nil {
		return r, err
	}
	if err := os.MkdirAll(t.Folder, 0o700); err != nil {
		return r, fmt.Errorf("make the data folder: %w", err)
	}
	next, err := t.extract(b)
	if err != nil {
		return r, err
	}
	defer os.Remove(next) // after Replace it is not there any more
	if r.NoPasswords, err = check(next, b.Manifest); err != nil {
		return r, fmt.Errorf("the database in the backup: %w", err)
	}
	if len(b.Keys) > 0 {
		if err := seal.AddKeys(t.Folder, b.Keys); err != nil {
			return r, err
		}
	}
	old := at + ".before-restore-" + time.Now().UTC().Format(stampLayout)
	kept, err := store.Replace(at, next, old)
	if err != nil {
		return r, err
	}
	if kept {
		r.Old = old
	}
	return r, nil
}

// extract writes the database of a backup to a file in the data folder.
func (t Target) extract(b *Backup) (path string, err error) {
	f, err := os.CreateTemp(t.Folder, t.Prefix)
	if err != nil {
		return "", fmt.Errorf("write the database: %w", err)
	}
	db, size := b.Database()
	err = owner.Match(f)
	if err == nil {
		var n int64
		if n, err = io.Copy(f, db); err == nil && n != size {
			err = io.ErrUnexpectedEOF
		}
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("write the database: %w", err), os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// check opens the database at path, which audits it and brings it up to date, compares it
// with what the manifest says, and notes in it that it was put back. It returns the
// users without a password.
func check(path string, m Manifest) (noPasswords []string, err error) {
	db, err := store.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	is, err := db.Contents()
	if err != nil {
		return nil, err
	}
	if is.Cameras != m.Cameras || is.Users != m.Users || is.Events != m.Events {
		return nil, fmt.Errorf("%w: it has %d cameras, %d users and %d events, and its manifest says %d, %d and %d",
			ErrDamaged, is.Cameras, is.Users, is.Events, m.Cameras, m.Users, m.Events)
	}
	if _, err := db.Cameras(); err != nil {
		return nil, err
	}
	a, err := db.Access()
	if err != nil {
		return nil, err
	}
	noPasswords = a.Shut()
	_, err = db.AppendEvents([]event.Event{{Time: time.Now().UTC(), Type: event.BackupRestored, Subject: m.FileName()}})
	return noPasswords, err
}
