// Package owner keeps files of a data folder usable for the folder's owner when
// the administrator has a command make them: a service that has a user of its own could
// not read its database or its key any more.
package owner

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Match gives f, which this process has just made, to the owner and group of the folder
// that it lies in. It does nothing unless root runs this process, nor to what may be
// another file than the one that was made: one that holds something already, has a
// second name, or is reached by a link.
func Match(f *os.File) error {
	if os.Geteuid() != 0 {
		return nil
	}
	folder, err := os.Stat(filepath.Dir(f.Name()))
	if err != nil {
		return fmt.Errorf("give %s to the owner of its folder: %w", f.Name(), err)
	}
	there, err := os.Lstat(f.Name())
	if err != nil {
		return fmt.Errorf("give %s to the owner of its folder: %w", f.Name(), err)
	}
	is, err := f.Stat()
	if err != nil {
		return fmt.Errorf("give %s to the owner of its folder: %w", f.Name(), err)
	}
	to, _ := folder.Sys().(*syscall.Stat_t)
	file, _ := is.Sys().(*syscall.Stat_t)
	if to == nil || file == nil || file.Uid != 0 || to.Uid == 0 {
		return nil
	}
	if !is.Mode().IsRegular() || is.Size() > 0 || file.Nlink != 1 || !os.SameFile(is, there) {
		return nil
	}
	return f.Chown(int(to.Uid), int(to.Gid))
}
