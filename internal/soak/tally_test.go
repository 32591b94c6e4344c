//go:build linux

package soak

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// row is a line of the table.
type row string

// What must stay 0.
const (
	lostWrites   row = "acknowledged writes lost"
	disturbed    row = "steady cameras disturbed"
	cutViewers   row = "viewers of steady cameras cut"
	lostPictures row = "recordings lost beyond the promise"
	checkFaults  row = "faults that camhub check finds"
	failedAnswer row = "answers 5xx"
	failedExport row = "exports failed"
	panics       row = "panics in the log"
	badEnds      row = "hubs that did not start or stop well"
	leakedTasks  row = "goroutines leaked"
	leakedFiles  row = "descriptors leaked"
	leakedMemory row = "memory leaked (KiB)"
	leftChildren row = "child processes left"
)

var faults = []row{
	lostWrites, disturbed, cutViewers, lostPictures, checkFaults, failedAnswer, failedExport, panics, badEnds,
	leakedTasks, leakedFiles, leakedMemory, leftChildren,
}

// What must have happened.
const (
	kills      row = "kills of the hub"
	writes     row = "writes acknowledged"
	restores   row = "deleted cameras brought back"
	requests   row = "requests answered"
	feeds      row = "feeds watched"
	pictures   row = "pictures of feeds seen"
	slowFeeds  row = "slow and stalled viewers"
	snapshots  row = "snapshots taken"
	wallViews  row = "wall sockets opened"
	wallImages row = "pictures on walls"
	plays      row = "recordings played"
	exports    row = "exports fetched"
	outages    row = "upstreams that failed"
	looks      row = "looks at all cameras"
	verified   row = "recordings looked up after a kill"
	notNow     row = "answers 503 and 429"                      // may be 0
	starved    row = "steady cameras late on a starved machine" // may be 0
	retained   row = "times that the oldest recording was deleted"
)

var happenings = []row{
	kills, writes, restores, requests, feeds, pictures, slowFeeds, snapshots, wallViews, wallImages, plays, exports,
	outages, looks, verified, notNow, starved, retained,
}

// maxNotes is how many faults of a row are told in words.
const maxNotes = 8

// tally counts. It is safe for concurrent use.
type tally struct {
	began time.Time

	mu    sync.Mutex // guards what follows
	n     map[row]int64
	notes map[row][]string
}

func newTally() *tally {
	return &tally{began: time.Now(), n: make(map[row]int64), notes: make(map[row][]string)}
}

func (t *tally) add(r row, n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n[r] += n
}

// fault counts one fault, and keeps what it is.
func (t *tally) fault(r row, format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n[r]++
	if len(t.notes[r]) < maxNotes {
		at := time.Since(t.began).Round(100 * time.Millisecond)
		t.notes[r] = append(t.notes[r], fmt.Sprintf("at %v: ", at)+fmt.Sprintf(format, args...))
	}
}

func (t *tally) of(r row) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n[r]
}

// table returns all counts, and whether none is what it must not be. optional rows may
// be 0.
func (t *tally) table(optional ...row) (text string, good bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	may := make(map[row]bool)
	for _, r := range optional {
		may[r] = true
	}
	good = true
	var b strings.Builder
	line := func(r row, bad bool) {
		mark := ""
		if bad {
			mark, good = "  <-- FAULT", false
		}
		fmt.Fprintf(&b, "%-42s %8d%s\n", r, t.n[r], mark)
	}
	for _, r := range happenings {
		line(r, t.n[r] == 0 && !may[r])
	}
	b.WriteString("what must be 0:\n")
	for _, r := range faults {
		line(r, t.n[r] != 0)
		for _, note := range t.notes[r] {
			b.WriteString("    " + note + "\n")
		}
	}
	return b.String(), good
}
