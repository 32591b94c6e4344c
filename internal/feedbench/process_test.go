//go:build linux

package feedbench

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// answerWithin bounds every wait for a line of a process.
const answerWithin = 20 * time.Second

// process is a running program. It is killed and waited for when its test ends,
// and by the kernel when the test binary dies.
type process struct {
	name  string
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines chan string // what it prints; lines that nobody takes are dropped
	said  tail
	done  chan struct{} // closed when it has ended
}

// start runs cmd.
func start(tb testing.TB, name string, cmd *exec.Cmd) *process {
	tb.Helper()
	p := &process{name: name, cmd: cmd, lines: make(chan string, 64), done: make(chan struct{})}
	out := &lineWriter{line: p.heard}
	cmd.Stdout, cmd.Stderr = out, out // equal, so they are written by one goroutine
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var err error
	if p.in, err = cmd.StdinPipe(); err != nil {
		tb.Fatalf("start %s: %v", name, err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatalf("start %s: %v", name, err)
	}
	go func() {
		defer close(p.done)
		cmd.Wait() //nolint:errcheck // how it ended is in cmd.ProcessState
	}()
	tb.Cleanup(p.kill)
	return p
}

// startRole starts this test binary in a role.
func startRole(tb testing.TB, r role) *process {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	spec, err := json.Marshal(r)
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), roleEnv+"="+string(spec))
	return start(tb, r.Name, cmd)
}

// kill ends the process at once and waits for it.
func (p *process) kill() {
	p.cmd.Process.Kill() //nolint:errcheck // it may be gone
	<-p.done
	p.in.Close()
}

func (p *process) pid() int { return p.cmd.Process.Pid }

func (p *process) heard(line string) {
	p.said.add(line)
	select {
	case p.lines <- line:
	default:
	}
}

// line returns the next line that is JSON, read into v when that fits.
func (p *process) line(tb testing.TB, v any) {
	tb.Helper()
	deadline := time.After(answerWithin)
	for {
		select {
		case l := <-p.lines:
			if err := json.Unmarshal([]byte(l), v); err != nil {
				tb.Fatalf("%s said %q: %v", p.name, l, err)
			}
			return
		case <-p.done:
			if len(p.lines) == 0 {
				tb.Fatalf("%s ended: %v\n%s", p.name, p.cmd.ProcessState, p.said.text())
			}
		case <-deadline:
			tb.Fatalf("%s said nothing for %v\n%s", p.name, answerWithin, p.said.text())
		}
	}
}

// ask sends a command and reads the answer into v.
func (p *process) ask(tb testing.TB, command string, v any) {
	tb.Helper()
	if _, err := io.WriteString(p.in, command+"\n"); err != nil {
		tb.Fatalf("ask %s: %v\n%s", p.name, err, p.said.text())
	}
	p.line(tb, v)
}

// tail keeps the last lines of a process for a person.
type tail struct {
	mu    sync.Mutex
	lines []string
}

func (t *tail) add(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.lines) == 20 {
		t.lines = t.lines[1:]
	}
	t.lines = append(t.lines, line[:min(len(line), 500)])
}

func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.lines, "\n")
}

// lineWriter calls line for each complete line written to it.
type lineWriter struct {
	line func(string)
	rest []byte
}

// Write implements io.Writer. A line is cut at 1 MiB.
func (w *lineWriter) Write(b []byte) (int, error) {
	w.rest = append(w.rest, b...)
	for {
		line, rest, ok := strings.Cut(string(w.rest), "\n")
		if !ok && len(w.rest) < 1<<20 {
			return len(b), nil
		}
		w.line(line)
		w.rest = append(w.rest[:0], rest...)
	}
}
