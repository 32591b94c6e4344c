package picamera

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// grace is how long a program may take to end after it was asked to.
const grace = 2 * time.Second

// process is a running program. Whoever starts it must call stop.
type process struct {
	out  *os.File // its standard output
	said tail     // its standard error

	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended, and err is set
	err  error         // how it ended, or why it did not start

	mu    sync.Mutex // guards ended
	ended bool       // its number may belong to another process from here on
}

// start runs a program with a process group of its own.
func start(path string, args []string) (*process, error) {
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &process{out: out, done: make(chan struct{}), cmd: exec.Command(path, args...)}
	p.cmd.Dir = "/"
	p.cmd.Env = environment()
	p.cmd.Stdout = in
	p.cmd.Stderr = &p.said
	p.cmd.WaitDelay = grace // for a process that left the group and holds Stderr
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started := make(chan bool)
	go p.run(started)
	ok := <-started
	in.Close()
	if !ok {
		<-p.done
		out.Close()
		return nil, p.err
	}
	return p, nil
}

// run starts the program, waits for its end and closes done. It stays on one
// thread: Pdeathsig is about the thread that started the program.
func (p *process) run(started chan<- bool) {
	defer close(p.done)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if p.err = p.cmd.Start(); p.err != nil {
		started <- false
		return
	}
	started <- true
	awaitEnd(p.cmd.Process.Pid)
	p.mu.Lock()
	p.kill(unix.SIGKILL) // what it left behind
	p.ended = true
	p.mu.Unlock()
	if p.err = p.cmd.Wait(); errors.Is(p.err, exec.ErrWaitDelay) {
		p.err = nil
	}
}

// awaitEnd waits until a child has ended, and leaves it to be waited for, so
// that its number stays its own.
func awaitEnd(pid int) {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR { //nolint:errorlint // it is a bare number
			return
		}
	}
}

// kill sends a signal to the group, if there is one. Called with mu held.
func (p *process) kill(s unix.Signal) { _ = unix.Kill(-p.cmd.Process.Pid, s) }

func (p *process) signal(s unix.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		p.kill(s)
	}
}

// wake ends a read of out that waits.
func (p *process) wake() { _ = p.out.SetReadDeadline(time.Now()) }

// settle waits a moment for a program that has closed its output to end by
// itself, so that how it ended is its own doing.
func (p *process) settle() {
	timer := time.NewTimer(grace / 2)
	defer timer.Stop()
	select {
	case <-p.done:
	case <-timer.C:
	}
}

// stop asks the program to end, kills it if it does not, and returns when it is
// gone. Its output is read to the end, so that it is not held up by a full
// pipe. It may be called twice, but not while out is read.
func (p *process) stop() {
	p.signal(unix.SIGINT)
	last := time.Now().Add(grace)
	if p.out.SetReadDeadline(last) == nil {
		_, _ = io.Copy(io.Discard, p.out)
	}
	timer := time.NewTimer(time.Until(last))
	defer timer.Stop()
	select {
	case <-p.done:
	case <-timer.C:
		p.signal(unix.SIGKILL)
		<-p.done
	}
	p.out.Close()
}
