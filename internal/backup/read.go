package backup

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"camhub/internal/seal"
)

// Why a file is no use as a backup.
var (
	ErrForeign = errors.New("it is not a backup of camhub")
	ErrDamaged = errors.New("the backup is damaged")
)

// Backup is a backup that was checked, but for the content of its database. Use Open or
// Read.
type Backup struct {
	Manifest
	Keys seal.Ring // nil when there is none in it

	db   *io.SectionReader
	file *os.File // nil from Read
}

// Open opens the backup at path and checks every byte of it. The error is or wraps
// ErrForeign or ErrDamaged, or is that of the disk.
func Open(path string) (*Backup, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the backup: %w", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = ErrForeign
	}
	var b *Backup
	if err == nil {
		b, err = Read(f, info.Size())
	}
	if err != nil {
		f.Close() // it was only read
		return nil, fmt.Errorf("open the backup %s: %w", path, err)
	}
	b.file = f
	return b, nil
}

// Read is Open for a backup of size bytes in r.
func Read(r io.ReaderAt, size int64) (*Backup, error) {
	head := make([]byte, len(entryManifest)+1)
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if string(head) != entryManifest+"\x00" {
		return nil, ErrForeign
	}
	if err := checkSum(r, size); err != nil {
		return nil, err
	}
	p := parser{r: r, body: io.NewSectionReader(r, 0, size-tailLen)}
	p.tar = tar.NewReader(p.body)
	return p.parse()
}

// checkSum compares the sum in the tail with that of what is before it.
func checkSum(r io.ReaderAt, size int64) error {
	if size <= tailLen || size%512 != 0 {
		return fmt.Errorf("%w: it was cut short", ErrDamaged)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(r, 0, size-tailLen)); err != nil {
		return err
	}
	end := make([]byte, tailLen)
	if _, err := r.ReadAt(end, size-tailLen); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if !bytes.Equal(end, tail(sum)) {
		return fmt.Errorf("%w: it was cut short, or its content is not what its checksum says", ErrDamaged)
	}
	return nil
}

// parser reads the entries of an archive whose sum is right.
type parser struct {
	r    io.ReaderAt
	body *io.SectionReader
	tar  *tar.Reader
}

func (p *parser) parse() (*Backup, error) {
	b := &Backup{}
	manifest, err := p.text(entryManifest, maxManifest)
	if err != nil {
		return nil, err
	}
	if b.Manifest, err = parseManifest(manifest); err != nil {
		return nil, err
	}
	h, err := p.next(entryStore)
	if err != nil {
		return nil, err
	}
	at, err := p.body.Seek(0, io.SeekCurrent)
	if err != nil || h.Size == 0 {
		return nil, errors.Join(err, fmt.Errorf("%w: there is no database in it", ErrDamaged))
	}
	b.db = io.NewSectionReader(p.r, at, h.Size)
	if b.Key == KeyFile {
		text, err := p.text(entryKey, maxKey)
		if err != nil {
			return nil, err
		}
		if b.Keys, err = seal.ParseKeyFile(string(text)); err != nil {
			return nil, fmt.Errorf("%w: its key: %w", ErrDamaged, err)
		}
	}
	if _, err := p.tar.Next(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: there is more in it than there should be", ErrDamaged)
	}
	return b, nil
}

// next goes to the next entry, which must have that name.
func (p *parser) next(name string) (*tar.Header, error) {
	h, err := p.tar.Next()
	if err != nil || h.Name != name || h.Typeflag != tar.TypeReg {
		return nil, fmt.Errorf("%w: where %s should be there is something else", ErrDamaged, name)
	}
	return h, nil
}

// text returns the content of the next entry, which must have that name.
func (p *parser) text(name string, most int64) ([]byte, error) {
	h, err := p.next(name)
	if err != nil {
		return nil, err
	}
	if h.Size > most {
		return nil, fmt.Errorf("%w: %s has %d bytes", ErrDamaged, name, h.Size)
	}
	text, err := io.ReadAll(p.tar)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, name, err)
	}
	return text, nil
}

func parseManifest(text []byte) (m Manifest, err error) {
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%w: its manifest: %w", ErrDamaged, err)
	}
	switch {
	case m.Format != formatName:
		return m, ErrForeign
	case m.Version > formatVersion:
		return m, fmt.Errorf("it was made by a newer camhub (%.100q; version %d of the format, and this one knows up to %d): restore it with that", m.Camhub, m.Version, formatVersion)
	case m.Version < 1, m.Key != KeyNone && m.Key != KeyFile && m.Key != KeyEnvironment, m.Secrets == (m.Key == KeyNone):
		return m, fmt.Errorf("%w: its manifest makes no sense", ErrDamaged)
	}
	return m, nil
}

// Database returns a reader of the database, and its size.
func (b *Backup) Database() (io.Reader, int64) {
	return io.NewSectionReader(b.db, 0, b.db.Size()), b.db.Size()
}

// Close closes the file.
func (b *Backup) Close() error {
	if b.file == nil {
		return nil
	}
	return b.file.Close()
}
