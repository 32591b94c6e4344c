package backup

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"camhub/internal/access"
	"camhub/internal/event"
	"camhub/internal/fault"
	"camhub/store"
)

// maxAtOnce bounds how many backups are made and sent at a time: each takes the size of
// the database on the disk, twice for a moment.
const maxAtOnce = 2

// Store is what the package needs of the database.
type Store interface {
	CopyTo(path string, withSecrets bool) (store.Contents, error)
}

// Config is what a Maker needs of the rest of the program.
type Config struct {
	Store   Store
	Folder  string                       // for files that are there while a backup is made
	Prefix  string                       // of their names, by which those that a crash left are found
	KeyText string                       // the key file, or "" when the key is elsewhere
	Record  func(event.Event)            // writes down what happened; must not block
	Version string                       // of the program
	Removed func(path string, err error) // told of a file that can't be removed
}

// Maker makes backups. Use NewMaker. Its methods are safe for concurrent use.
type Maker struct {
	cfg   Config
	turns chan struct{}
}

// NewMaker returns a maker.
func NewMaker(cfg Config) *Maker { return &Maker{cfg, make(chan struct{}, maxAtOnce)} }

// File is a backup that was made, which has no name any more: it is gone when it is
// closed, or when the program ends in any way.
type File struct {
	*os.File
	Manifest
	Size   int64
	SHA256 [sha256.Size]byte // of the whole file

	done func()
}

// Close closes the file. It may be called twice.
func (f *File) Close() error {
	f.done()
	if err := f.File.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}

// Make makes a backup, with the passwords of cameras and all that else opens a door, or
// without: see the package. The caller closes it. The store goes on meanwhile. The
// error is a fault.TooMany when two are being made or sent already.
func (m *Maker) Make(ctx context.Context, withSecrets bool) (*File, error) {
	select {
	case m.turns <- struct{}{}:
	default:
		return nil, fault.New(fault.TooMany, "%d backups are being made or sent already.", maxAtOnce)
	}
	f, err := m.make(withSecrets)
	if err != nil {
		<-m.turns
		return nil, fmt.Errorf("make a backup: %w", err)
	}
	f.done = sync.OnceFunc(func() { <-m.turns })
	subject := "without secrets"
	if withSecrets {
		subject = "with secrets"
	}
	m.cfg.Record(event.Event{Time: time.Now().UTC(), Type: event.BackupMade, Actor: access.Actor(ctx), Subject: subject})
	return f, nil
}

func (m *Maker) make(withSecrets bool) (*File, error) {
	out, err := os.CreateTemp(m.cfg.Folder, m.cfg.Prefix)
	if err != nil {
		return nil, err
	}
	m.remove(out.Name())
	f := &File{File: out}
	if err := m.fill(f, withSecrets); err != nil {
		return nil, errors.Join(err, out.Close())
	}
	return f, nil
}

// fill writes a backup to f and goes back to its beginning.
func (m *Maker) fill(f *File, withSecrets bool) error {
	dir, err := os.MkdirTemp(m.cfg.Folder, m.cfg.Prefix)
	if err != nil {
		return err
	}
	defer m.remove(dir)
	path := filepath.Join(dir, entryStore)
	f.Manifest = Manifest{
		Format: formatName, Version: formatVersion, CreatedAt: time.Now().UTC().Truncate(time.Second),
		Camhub: m.cfg.Version, Secrets: withSecrets, Key: KeyNone,
	}
	if f.Contents, err = m.cfg.Store.CopyTo(path, withSecrets); err != nil {
		return err
	}
	key := ""
	switch {
	case withSecrets && m.cfg.KeyText != "":
		f.Key, key = KeyFile, m.cfg.KeyText
	case withSecrets:
		f.Key = KeyEnvironment
	}
	db, err := os.Open(path)
	if err != nil {
		return err
	}
	defer db.Close()
	info, err := db.Stat()
	if err != nil {
		return err
	}
	sum := sha256.New()
	if err := write(io.MultiWriter(f.File, sum), f.Manifest, db, info.Size(), key); err != nil {
		return err
	}
	sum.Sum(f.SHA256[:0])
	if f.Size, err = f.Seek(0, io.SeekCurrent); err != nil {
		return err
	}
	_, err = f.Seek(0, io.SeekStart)
	return err
}

// remove removes a file or folder of ours.
func (m *Maker) remove(path string) {
	if err := os.RemoveAll(path); err != nil {
		m.cfg.Removed(path, err)
	}
}
