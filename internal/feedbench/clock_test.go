//go:build linux

package feedbench

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// monotonic returns the nanoseconds of a clock that all processes share and
// that nobody sets.
func monotonic() int64 {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		panic(err) // the clock is there on every Linux
	}
	return ts.Nano()
}

// sleepUntil sleeps until monotonic gives at.
func sleepUntil(at int64) {
	ts := unix.NsecToTimespec(at)
	for unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &ts, nil) == unix.EINTR {
	}
}

// cpuTime returns what a process has used in user and kernel mode so far, with
// threads that are gone. The kernel has a clock for each process; see
// clock_getcpuclockid(3) for how its number is made.
func cpuTime(pid int) (time.Duration, error) {
	const sched = 2 // CPUCLOCK_SCHED: nanoseconds, not ticks
	var ts unix.Timespec
	if err := unix.ClockGettime(int32(^pid)<<3|sched, &ts); err != nil {
		return 0, fmt.Errorf("cpu clock of process %d: %w", pid, err)
	}
	return time.Duration(ts.Nano()), nil
}

// rss returns the bytes of memory a process has in RAM.
func rss(pid int) (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("memory of process %d: %w", pid, err)
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmRSS:" {
			kb, err := strconv.ParseInt(f[1], 10, 64)
			return kb << 10, err
		}
	}
	return 0, fmt.Errorf("memory of process %d: no VmRSS", pid)
}

// busy returns how long the processors of the machine have worked, and how long
// they could have, since it started.
func busy() (worked, all int64, err error) {
	b, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, 0, fmt.Errorf("work of the machine: %w", err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	f := strings.Fields(line)
	if len(f) < 9 || f[0] != "cpu" {
		return 0, 0, fmt.Errorf("work of the machine: /proc/stat begins with %q", line)
	}
	for i, s := range f[1:9] { // user nice system idle iowait irq softirq steal
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("work of the machine: %w", err)
		}
		all += n
		if i != 3 && i != 4 {
			worked += n
		}
	}
	return worked, all, nil
}

// load tells how busy the machine is from now on, with all that it does. A busy
// machine explains a loss.
func load(tb testing.TB) func() string {
	tb.Helper()
	worked, all, err := busy()
	if err != nil {
		tb.Fatal(err)
	}
	return func() string {
		w, a, err := busy()
		if err != nil {
			tb.Fatal(err)
		}
		return fmt.Sprintf("machine %d %% busy", 100*(w-worked)/max(a-all, 1))
	}
}
