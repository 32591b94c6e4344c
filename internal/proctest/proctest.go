// Package proctest helps tests that run programs which are not ours.
package proctest

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FreePort returns a port of the loopback address that nobody listens on, for programs
// that can't choose one and tell it. Another process may take it before.
func FreePort(tb testing.TB) int {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Children returns the IDs of the processes that this one has started and not waited for,
// and whose command line holds a text; with "" also those that have ended. It skips the
// test where the system does not tell.
func Children(tb testing.TB, text string) (pids []string) {
	tb.Helper()
	tasks, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil || len(tasks) == 0 {
		tb.Skip("this system does not tell the children of a process")
	}
	for _, task := range tasks {
		b, err := os.ReadFile(task)
		if err != nil {
			continue // the thread has ended
		}
		for _, pid := range strings.Fields(string(b)) {
			if line, err := os.ReadFile("/proc/" + pid + "/cmdline"); text == "" || err == nil && strings.Contains(string(line), text) {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}
