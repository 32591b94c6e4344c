//go:build linux

package soak

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// How long the hub may take to give back what the load made it take. Its longest
// deadlines are those of clients that take no answer, of a minute.
const (
	baselineLeast = 15 * time.Second
	baselineMost  = 75 * time.Second
	settleWithin  = 150 * time.Second
)

// memoryMargin is how much the heap in use may differ between two quiet moments: what
// the runtime and the database keep of their own, and a twentieth.
const memoryMargin = 4 << 20

// remains is what a quiet hub holds.
type remains struct {
	goroutines, files, children int64
	heap                        int64 // bytes in use after garbage was collected
	rss                         int64 // bytes in RAM
}

func (r remains) String() string {
	return fmt.Sprintf("%d goroutines, %d descriptors, %d children, heap %d KiB, in RAM %d KiB", r.goroutines, r.files, r.children, r.heap>>10, r.rss>>10)
}

// sample looks at the hub once.
func sample(ctx context.Context, c *client, pid int) (r remains, err error) {
	for range 2 { // the second frees what the first has finalized
		if _, err := c.text(ctx, "/debug/pprof/heap?gc=1"); err != nil {
			return r, err
		}
	}
	figures, err := c.text(ctx, "/metrics")
	if err != nil {
		return r, err
	}
	r.goroutines, r.heap = figure(figures, "go_goroutines"), figure(figures, "go_memstats_heap_alloc_bytes")
	r.rss = figure(figures, "process_resident_memory_bytes")
	if r.goroutines == 0 || r.heap == 0 {
		return r, errors.New("the figures of the Go runtime are missing")
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return r, fmt.Errorf("descriptors of the hub: %w", err)
	}
	r.files = int64(len(files))
	r.children, err = children(pid)
	return r, err
}

// figure returns the value of a metric without labels, or 0.
func figure(metrics, name string) int64 {
	for line := range strings.Lines(metrics) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			f, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err == nil {
				return int64(f)
			}
		}
	}
	return 0
}

// children counts the child processes of a process.
func children(pid int) (n int64, err error) {
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil || len(lists) == 0 {
		return 0, fmt.Errorf("children of the hub: %d threads, %v", len(lists), err)
	}
	for _, list := range lists {
		b, err := os.ReadFile(list)
		if err != nil && !errors.Is(err, os.ErrNotExist) { // the thread has ended
			return 0, fmt.Errorf("children of the hub: %w", err)
		}
		n += int64(len(strings.Fields(string(b))))
	}
	return n, nil
}

// lower keeps the least of each of two.
func lower(a, b remains) remains {
	return remains{
		min(a.goroutines, b.goroutines), min(a.files, b.files), min(a.children, b.children), min(a.heap, b.heap), min(a.rss, b.rss),
	}
}

// everything is more than any hub holds.
var everything = remains{1 << 62, 1 << 62, 1 << 62, 1 << 62, 1 << 62}

// baseline returns the least of each that a quiet hub holds in a while.
func baseline(ctx context.Context, c *client, pid int, while time.Duration) (least remains, err error) {
	least = everything
	for end := time.Now().Add(while); time.Now().Before(end); pause(ctx, time.Second) {
		r, err := sample(ctx, c, pid)
		if err != nil {
			return r, err
		}
		least = lower(least, r)
	}
	return least, nil
}

// settle waits until a quiet hub holds no more than base, and counts what it still
// holds when the time is up.
func settle(ctx context.Context, c *client, pid int, base remains) (least remains, err error) {
	least = everything
	allowed := base.heap + base.heap/20 + memoryMargin
	for end := time.Now().Add(settleWithin); ; pause(ctx, time.Second) {
		r, err := sample(ctx, c, pid)
		if err != nil {
			return r, err
		}
		least = lower(least, r)
		clean := least.goroutines <= base.goroutines && least.files <= base.files && least.children == 0 && least.heap <= allowed
		if clean || time.Now().After(end) {
			break
		}
	}
	c.add(leakedTasks, max(least.goroutines-base.goroutines, 0))
	c.add(leakedFiles, max(least.files-base.files, 0))
	c.add(leakedMemory, max(least.heap-allowed, 0)>>10)
	c.add(leftChildren, least.children)
	return least, nil
}
