//go:build linux && cgo

package v4l2

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// maxHolders bounds how many holders of a device are named.
const maxHolders = 5

// holdersOf names the processes that have the file path open, as far as /proc
// shows them: those of other users only root sees.
func holdersOf(path string) []string {
	var found []string
	processes, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	for _, p := range processes {
		pid, err := strconv.Atoi(p.Name())
		if err != nil || !holds(pid, path) {
			continue
		}
		name := "a camera of this hub"
		if pid != os.Getpid() {
			comm, _ := os.ReadFile(filepath.Join("/proc", p.Name(), "comm")) // it may be gone
			name = strings.TrimSpace(string(comm))
		}
		if found = append(found, fmt.Sprintf("%s (process %d)", name, pid)); len(found) == maxHolders {
			break
		}
	}
	return found
}

// holds reports whether a process has path open. In this process one open file
// is the asker's own.
func holds(pid int, path string) bool {
	dir := filepath.Join("/proc", strconv.Itoa(pid), "fd")
	files, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	n := 0
	for _, f := range files {
		if target, err := os.Readlink(filepath.Join(dir, f.Name())); err == nil && target == path {
			n++
		}
	}
	return n > 1 || n == 1 && pid != os.Getpid()
}
