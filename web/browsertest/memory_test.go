package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// What memory may grow by while a wall is open. In two minutes 250 MB of
// pictures go through the hub and the page, 19,000 of them: one in twenty that is
// kept is too much for either, and so are 60 bytes of script with each of them.
const (
	mostHub    = 6 << 20
	mostTab    = 16 << 20
	mostScript = 1 << 20
)

// memory is what a wall holds at one moment, in bytes.
type memory struct{ hub, tab, script int64 }

// TestMemoryOfAnOpenWallIsFlat has a wall of 16 cameras open for two minutes, or
// as long as CAMHUB_WALL_LASTS says, such as 2h.
func TestMemoryOfAnOpenWallIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes two minutes")
	}
	lasts := 2 * time.Minute
	if text := os.Getenv("CAMHUB_WALL_LASTS"); text != "" {
		var err error
		if lasts, err = time.ParseDuration(text); err != nil {
			t.Fatal("CAMHUB_WALL_LASTS: ", err)
		}
	}
	t.Parallel()
	hub, page := startHub(t), startOwnBrowser(t)
	for i := range 16 {
		hub.addRate(fmt.Sprintf("Camera %d", i+1), 1280, 720, 10)
	}
	p := page.open(hub.url, counting)
	p.waitFor(`document.querySelectorAll('.tile.fed.painted').length === 16`)
	p.forgetTraffic()
	time.Sleep(15 * time.Second) // caches, buffers and heaps find their sizes
	var all []memory
	every := max(lasts/60, 2*time.Second)
	for end := time.Now().Add(lasts); time.Now().Before(end); time.Sleep(every) {
		eval[bool](p, `window.ages = [], window.replaced = [], true`) // of counting
		all = append(all, p.memory(hub))
		if n := len(all); n%10 == 0 {
			t.Logf("%v: hub %.1f MB, tab %.1f MB, its script %.2f MB", time.Duration(n)*every,
				mb(all[n-1].hub), mb(all[n-1].tab), mb(all[n-1].script))
		}
	}
	for _, part := range []struct {
		name string
		of   func(memory) int64
		most int64
	}{
		{"hub", func(m memory) int64 { return m.hub }, mostHub},
		{"tab", func(m memory) int64 { return m.tab }, mostTab},
		{"script", func(m memory) int64 { return m.script }, mostScript},
	} {
		from, to := ends(all, part.of)
		t.Logf("%s: from %.2f to %.2f MB", part.name, mb(from), mb(to))
		if to-from > part.most {
			t.Errorf("the %s grew by %.2f MB in %v", part.name, mb(to-from), lasts)
		}
	}
	if shown := eval[int](p, `Object.values(window.shown).reduce((a, b) => a + b)`); float64(shown) < 16*2*lasts.Seconds() {
		t.Errorf("only %d pictures were shown", shown)
	}
}

// forgetTraffic has the browser keep no answers for those who debug the page, up
// to 100 MB of them.
func (p *tab) forgetTraffic() {
	p.t.Helper()
	call(p, network.Disable, cdp.Empty{})
}

func mb(bytes int64) float64 { return float64(bytes) / 1e6 }

// ends returns the median of the first and of the last third of what was seen.
func ends(all []memory, of func(memory) int64) (from, to int64) {
	third := max(len(all)/3, 1)
	median := func(part []memory) int64 {
		var values []int64
		for _, m := range part {
			values = append(values, of(m))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	return median(all[:third]), median(all[len(all)-third:])
}

// memory looks at the hub and the page, which is the only one of its browser,
// after the page has tidied up.
func (p *tab) memory(hub *hub) (m memory) {
	p.t.Helper()
	call(p, heapprofiler.CollectGarbage, cdp.Empty{})
	heap := call(p, runtime.GetHeapUsage, cdp.Empty{})
	m.script = int64(heap.UsedSize + heap.BackingStorageSize)
	m.hub = ownMemory(hub.Cmd.Process.Pid)
	for pid, command := range descendants(p.t, p.browserPID()) {
		if strings.Contains(command, "--type=renderer") {
			m.tab += ownMemory(pid)
		}
	}
	if m.hub == 0 || m.tab == 0 {
		p.t.Fatalf("the hub or the tab is not among the processes: %+v", m)
	}
	return m
}

// browserPID returns the first process of the browser.
func (p *tab) browserPID() int { return chromedp.FromContext(p.ctx).Browser.Process().Pid }

// descendants returns the command lines of all processes that one has started,
// and of theirs.
func descendants(t *testing.T, of int) map[int]string {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		t.Skip("processes can't be listed on this system")
	}
	children := make(map[int][]int)
	for _, path := range stats {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // it is gone
		}
		_, rest, _ := strings.Cut(string(b), ") ") // its name may hold anything
		fields := strings.Fields(rest)
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		parent, _ := strconv.Atoi(fields[1])
		children[parent] = append(children[parent], pid)
	}
	found := make(map[int]string)
	for todo := []int{of}; len(todo) > 0; todo = todo[1:] {
		for _, pid := range children[todo[0]] {
			command, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
			found[pid] = string(command)
			todo = append(todo, pid)
		}
	}
	return found
}

// ownMemory returns the bytes that a process has in memory and shares with no
// file, or 0 when it is gone.
func ownMemory(pid int) int64 {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "RssAnon:" {
			kb, _ := strconv.ParseInt(f[1], 10, 64)
			return kb << 10
		}
	}
	return 0
}

// processorTime returns how long a process has had a processor, or 0 when it is
// gone.
func processorTime(pid int) time.Duration {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * (time.Second / 100) // as all systems with /proc count
}
