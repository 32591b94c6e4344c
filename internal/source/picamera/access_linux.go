package picamera

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// denied reports whether there are media devices below dir and this process may
// open none of them.
func denied(dir string) bool {
	nodes, _ := filepath.Glob(filepath.Join(dir, "media[0-9]*")) // the pattern is good
	for _, node := range nodes {
		if unix.Access(node, unix.R_OK|unix.W_OK) != unix.EACCES { //nolint:errorlint // it is a bare number
			return false
		}
	}
	return len(nodes) > 0
}
