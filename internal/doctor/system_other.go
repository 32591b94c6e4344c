//go:build !linux

package doctor

import (
	"errors"
	"os"
	"runtime"
)

// fileSystem is what is known of one.
type fileSystem struct {
	free, total        int64 // bytes
	freeInodes, inodes uint64
	name               string
	memory, network    bool
}

func statFS(string) (fileSystem, error) { return fileSystem{}, errors.ErrUnsupported }

func usable(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

func synchronised() (bool, error) { return false, errors.ErrUnsupported }

func kernel() string { return runtime.GOOS }
