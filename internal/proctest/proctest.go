// Package proctest helps tests that run programs which are not ours.
package proctest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FreePort returns a port of the loopback address for a program that has to be told its
// port. The system gives none of these to those who ask for any, so that it is still free
// when the program comes to it, whatever other tests do meanwhile.
func FreePort(tb testing.TB) int {
	tb.Helper()
	const first, last = 20_000, 32_000 // Linux gives those from 32,768 on
	for range 100 {
		port := first + rand.IntN(last-first)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			_ = l.Close()
			return port
		}
	}
	tb.Fatal("no port is free")
	return 0
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
