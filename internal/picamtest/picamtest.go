// Package picamtest is for tests: it puts programs on PATH that behave as those
// for Raspberry Pi cameras do, and that fail in the ways in which those fail.
package picamtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// The modes of the stand-in, besides "" for a camera that works. What can be
// read of the real programs is written as they write it.
const (
	None       = "none"        // no camera is there
	Busy       = "busy"        // another process has it
	Denied     = "denied"      // its devices may not be opened
	OldVersion = "old-version" // an option is not known
	Dies       = "dies"        // after three pictures, with an error
	Crashes    = "crashes"     // after three pictures, by a signal
	Hangs      = "hangs"       // gives nothing, and takes no notice of SIGINT
	Times      = "times-out"   // gives nothing, and says so again and again
	Forks      = "forks"       // a child of it holds its output and takes no notice of SIGINT
	DiesForked = "dies-forked" // likewise, and then it dies
	Floods     = "floods"      // says much more than it gives pictures
	Garbage    = "garbage"     // gives bytes that are no pictures
	Endless    = "endless"     // begins a picture that does not end
	Broken     = "broken"      // gives pictures whose header is damaged
	Slow       = "slow"        // takes a second to let go of the camera
)

var built struct {
	once sync.Once
	dir  string
	err  error
}

// Main runs the tests of a package that uses Install, and removes what was
// built for them. It returns the exit code.
func Main(m *testing.M) int {
	defer func() {
		if built.dir != "" {
			os.RemoveAll(built.dir)
		}
	}()
	return m.Run()
}

// build builds the stand-in once for all tests of a package.
func build(t testing.TB) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "picamtest-"); built.err != nil {
			return
		}
		cmd := exec.Command("go", "build", "-o", filepath.Join(built.dir, "standin"), "camhub/internal/picamtest/standin")
		if out, err := cmd.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("build the stand-in: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return filepath.Join(built.dir, "standin")
}

// Programs are the stand-ins that Install has put on PATH.
type Programs struct {
	t   testing.TB
	dir string
}

// Install makes PATH hold the stand-in under the given names and nothing else,
// until the test ends. It has one camera, an imx219.
func Install(t *testing.T, names ...string) *Programs {
	t.Helper()
	standin := build(t)
	p := &Programs{t: t, dir: t.TempDir()}
	for _, name := range names {
		if err := os.Symlink(standin, filepath.Join(p.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", p.dir)
	return p
}

// Mode sets how the programs that are started from now on behave.
func (p *Programs) Mode(mode string) { p.t.Helper(); p.write("mode", mode) }

// List sets what --list-cameras prints.
func (p *Programs) List(text string) { p.t.Helper(); p.write("list", text) }

func (p *Programs) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// Starts returns how often a program has been started.
func (p *Programs) Starts() int { p.t.Helper(); return len(p.lines("starts")) }

// Stops returns how often a program has let go of the camera in good order.
func (p *Programs) Stops() int { p.t.Helper(); return len(p.lines("stops")) }

// Running returns how many processes of the program with that name there are.
func (p *Programs) Running(name string) int {
	p.t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		p.t.Fatal(err)
	}
	n := 0
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err == nil && strings.HasPrefix(string(b), filepath.Join(p.dir, name)+"\x00") {
			n++
		}
	}
	return n
}

// Arguments returns what the last program was started with, its name first.
func (p *Programs) Arguments() []string {
	p.t.Helper()
	starts := p.lines("starts")
	if len(starts) == 0 {
		return nil
	}
	return strings.Split(starts[len(starts)-1], "\t")
}

// Environment returns the names of the variables that the last program saw.
func (p *Programs) Environment() []string { p.t.Helper(); return p.lines("environment") }

// Children returns the numbers of the processes that the programs have forked.
func (p *Programs) Children() []int {
	p.t.Helper()
	var pids []int
	for _, line := range p.lines("children") {
		pid, err := strconv.Atoi(line)
		if err != nil {
			p.t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

func (p *Programs) lines(name string) []string {
	p.t.Helper()
	b, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		return nil // nothing has been written
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}
