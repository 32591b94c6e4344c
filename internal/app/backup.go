package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"camhub/internal/backup"
	"camhub/internal/event"
	"camhub/internal/seal"
	"camhub/store"
)

// newBackups returns who makes backups of an open database.
func newBackups(db *protected, dataDir, version string, record func(event.Event), log *slog.Logger) *backup.Maker {
	return backup.NewMaker(backup.Config{
		Store: db, Folder: dataDir, Prefix: strays, KeyText: db.keys.FileText(), Record: record, Version: version,
		Removed: func(path string, err error) { log.Warn("left over of a backup", "path", path, "err", err) },
	})
}

// Backup says what is to be backed up, and where to.
type Backup struct {
	Place
	File    string // must not exist; "-" is standard output
	Secrets bool   // with the passwords of cameras and users
	Version string
}

// Run makes a backup, and prints what it is. One that is written to a file is checked as
// Restore does before it gets its name.
func (b Backup) Run(ctx context.Context, stdout, stderr io.Writer) (err error) {
	if b.File == "-" {
		return b.make(ctx, stdout)
	}
	if _, err := os.Lstat(b.File); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fmt.Errorf("there is a file %s already", b.File))
	}
	part, err := os.CreateTemp(filepath.Dir(b.File), "."+filepath.Base(b.File)+".*") // 0600
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(part.Name()))
		}
	}()
	err = b.make(ctx, part)
	if err = errors.Join(err, part.Sync(), part.Close()); err != nil {
		return err
	}
	is, err := backup.Open(part.Name())
	if err != nil {
		return err
	}
	if err := is.Close(); err != nil {
		return err
	}
	if err := store.Publish(part.Name(), b.File); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	fmt.Fprintf(stdout, "%s: %s\n", b.File, describe(is.Manifest))
	if is.Secrets {
		fmt.Fprintln(stderr, "It holds passwords: keep it like one.")
	}
	return nil
}

// make writes a backup to w.
func (b Backup) make(ctx context.Context, w io.Writer) (err error) {
	if b.URL != "" {
		hub, err := b.client()
		if err != nil {
			return err
		}
		return backup.Download(ctx, hub, b.Secrets, w)
	}
	if _, err := os.Stat(filepath.Join(b.DataDir, storeFile)); err != nil {
		return fmt.Errorf("there is nothing to back up: %w", err)
	}
	db, err := b.openToCopy()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var lost error
	record := func(e event.Event) { _, lost = db.AppendEvents([]event.Event{e}) }
	f, err := newBackups(&db, b.DataDir, b.Version, record, slog.Default()).Make(ctx, b.Secrets)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f.File)
	return errors.Join(err, lost)
}

// openToCopy is open, but makes no key when the hub has one elsewhere, as one in the
// environment of its service: there are secrets then that no key of here opens.
func (b Backup) openToCopy() (protected, error) {
	if keys, err := seal.FindKeys(b.DataDir, b.Key); err != nil || len(keys.Ring) > 0 {
		return b.open() // which says what is wrong
	}
	db, err := b.look()
	if err != nil {
		return db, err
	}
	ids, err := db.locked()
	if err == nil && len(ids) > 0 {
		return db, nil
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return protected{}, err
	}
	return b.open()
}

// describe says what a backup is, in a line.
func describe(m backup.Manifest) string {
	kind := "without secrets"
	switch m.Key {
	case backup.KeyFile:
		kind = "with secrets and their key"
	case backup.KeyEnvironment:
		kind = "with secrets, which CAMHUB_KEY opens"
	}
	return fmt.Sprintf("%d cameras, %d users, %d events, %s; no recordings", m.Cameras, m.Users, m.Events, kind)
}

// Restore puts the backup in a file into the place of the database in a data folder, whose
// hub must not run, and prints what was done.
func Restore(dataDir, file string, stdout io.Writer) error {
	r, err := backup.Target{Folder: dataDir, Store: storeFile, Prefix: strays}.Restore(file)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "restored %s, made by camhub %s at %s: %s\n", file, r.Camhub, r.CreatedAt.Format("2006-01-02 15:04:05 UTC"), describe(r.Manifest))
	if r.Old != "" {
		fmt.Fprintf(stdout, "the database that was there is %s\n", r.Old)
	}
	if !r.Secrets && r.Cameras > 0 {
		fmt.Fprintln(stdout, "cameras with a password or headers need them again")
	}
	if len(r.NoPasswords) > 0 {
		fmt.Fprintf(stdout, "these users can't sign in until they get a new password (camhub user passwd NAME): %s\n", strings.Join(r.NoPasswords, ", "))
	}
	return nil
}
