// Package backup makes, checks and puts back backups of a hub: one file with the
// cameras, the order of the wall, the users, the settings and the events.
//
// Objective: a backup is made while the hub runs, is whole or is refused, and can be
// read without camhub. Non-goals: recordings are not in it (they are files that any
// program copies), and neither are finished exports and certificates.
//
// The file is a tar archive (POSIX ustar) of these, in this order:
//
//	manifest.json  what it is: see Manifest
//	camhub.db      the database, as store.CopyTo writes it
//	camhub.key     the key that opens the secrets in it; see below
//	sha256         the SHA-256, in hex, of all bytes before this entry
//
// so that "tar xf" gives a data folder. Every byte counts: those before the last entry
// are in its sum, and the rest can be written in one way only.
//
// Without secrets (the default) it opens no door: what is left out, and why users stay
// without their passwords, is told at store.CopyTo. There is no key in it.
//
// With secrets they are in it sealed, as in the database, together with the key: the
// file alone brings everything back, and has to be kept like a password. A hub whose
// key comes from CAMHUB_KEY has no key to put into a file; its backups open where
// CAMHUB_KEY is the same, and are worth nothing to a finder.
package backup

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"camhub/internal/seal"
	"camhub/store"
)

// The entries of the archive.
const (
	entryManifest = "manifest.json"
	entryStore    = "camhub.db"
	entryKey      = seal.KeyFile
	entrySum      = "sha256"
)

const (
	formatName    = "camhub-backup"
	formatVersion = 1
	maxManifest   = 64 << 10
	maxKey        = 16 << 10
)

// Where the key of a backup is.
const (
	KeyNone        = "none"        // nothing in it needs one
	KeyFile        = "file"        // in the backup
	KeyEnvironment = "environment" // in CAMHUB_KEY, where it was made
)

// Manifest says what a backup is.
type Manifest struct {
	Format    string    `json:"format"`
	Version   int       `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	Camhub    string    `json:"camhub"` // the version that made it
	Secrets   bool      `json:"secrets"`
	Key       string    `json:"key"`
	store.Contents
}

// FileName returns the usual name of the file.
func (m *Manifest) FileName() string {
	kind := ""
	if m.Secrets {
		kind = "-with-secrets"
	}
	return "camhub-backup-" + m.CreatedAt.Format(stampLayout) + kind + ".tar"
}

// stampLayout is how times stand in names of files, in UTC.
const stampLayout = "20060102T150405Z"

// write writes a backup of a database of size bytes. key is "" if there is none in it.
func write(w io.Writer, m Manifest, db io.Reader, size int64, key string) error {
	manifest, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return err
	}
	manifest = append(manifest, '\n')
	sum := sha256.New()
	tw := tar.NewWriter(io.MultiWriter(w, sum))
	err = add(tw, m.CreatedAt, entryManifest, int64(len(manifest)), bytes.NewReader(manifest))
	if err == nil {
		err = add(tw, m.CreatedAt, entryStore, size, db)
	}
	if err == nil && key != "" {
		err = add(tw, m.CreatedAt, entryKey, int64(len(key)), bytes.NewReader([]byte(key)))
	}
	if err == nil {
		err = tw.Flush()
	}
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	_, err = w.Write(tail(sum))
	return err
}

// add adds an entry.
func add(tw *tar.Writer, at time.Time, name string, size int64, r io.Reader) error {
	err := tw.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: at.Truncate(time.Second), Format: tar.FormatUSTAR})
	if err != nil {
		return err
	}
	if n, err := io.Copy(tw, r); err != nil || n != size {
		return errors.Join(err, fmt.Errorf("%s: %d of %d bytes", name, n, size))
	}
	return nil
}

// tailLen is the length of a tail.
const tailLen = 4 * 512

// tail returns the end of a backup: the entry with the sum, and the end of the archive.
func tail(sum hash.Hash) []byte {
	var b bytes.Buffer
	tw := tar.NewWriter(&b)
	text := hex.EncodeToString(sum.Sum(nil)) + "\n"
	err := add(tw, time.Unix(0, 0), entrySum, int64(len(text)), bytes.NewReader([]byte(text)))
	if err = errors.Join(err, tw.Close()); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}
