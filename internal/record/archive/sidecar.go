package archive

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"camhub/internal/owner"
)

// appendSidecar adds a segment to the sidecar of its folder. It is not synced: a
// record that a power cut takes is found again in the file.
func appendSidecar(dir string, s *Segment) error {
	f, err := os.OpenFile(filepath.Join(dir, sidecarName), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	const head = len(sidecarMagic)
	at, b := int64(0), []byte(sidecarMagic)
	var magic [head]byte
	if _, err := f.ReadAt(magic[:], 0); err == nil && string(magic[:]) == sidecarMagic { // behind the last whole record
		at, b = fi.Size()-(fi.Size()-int64(head))%recordLen, nil
	} else if err := f.Truncate(0); err != nil {
		return err
	}
	if _, err := f.WriteAt(appendRecord(b, s), at); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", f.Name(), err), f.Truncate(at))
	}
	return f.Close()
}

// writeSidecar writes the sidecar of a folder anew.
func writeSidecar(dir string, ss []Segment) error {
	b := []byte(sidecarMagic)
	for i := range ss {
		b = appendRecord(b, &ss[i])
	}
	path := filepath.Join(dir, sidecarName)
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	if err = owner.Match(f); err == nil {
		_, err = f.Write(b)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
