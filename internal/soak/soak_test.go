//go:build linux

package soak

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"camhub/internal/hubtest"
)

var (
	length = flag.Duration("soak", 0, "how long the load lasts in all; without it, nothing is done")
	seed   = flag.Uint64("seed", uint64(time.Now().UnixNano()), "what the load does")
	given  = flag.String("camhub", "", "the program to run, instead of building cmd/camhub")
)

func TestMain(m *testing.M) {
	flag.Parse()
	goleak.VerifyTestMain(m)
}

// lifeLength is about how long a life of the hub lasts that a kill ends.
const lifeLength = 40 * time.Second

// TestSoak is the soak. See the comment of the package.
func TestSoak(t *testing.T) {
	if *length <= 0 {
		t.Skip("make soak runs it")
	}
	program := *given
	if program == "" {
		built, remove, err := hubtest.Build()
		defer remove()
		if err != nil {
			t.Fatal(err)
		}
		program = built
	}
	fmt.Printf("soak of %v, seed %d\n", *length, *seed)
	w := newWorld(t, program, *seed)
	log := &logScan{tally: w.tally}
	defer func() { // also when something is fatal
		var optional = []row{notNow, starved}
		if *length < 5*time.Minute {
			optional = append(optional, retained)
		}
		table, good := w.table(optional...)
		fmt.Fprintf(os.Stdout, "soak of %v, seed %d, took %v\n%s", *length, *seed, time.Since(w.began).Round(time.Second), table)
		if errors := log.told(); errors != "" {
			fmt.Printf("errors in the log:\n%s\n", errors)
		}
		if !good {
			t.Fail()
		}
	}()
	w.killAgainAndAgain(t, log, *length/2)
	w.longLife(t, log, *length-*length/2)
	h, c := w.start(t, log)
	w.stop(t, h, c)
	w.check(t, "at the end")
}

// killAgainAndAgain runs and kills hubs for a while.
func (w *world) killAgainAndAgain(t *testing.T, log *logScan, d time.Duration) {
	t.Helper()
	rng := rand.New(rand.NewPCG(w.seed, 2))
	n := max(int(d/lifeLength), 3)
	h, c := w.start(t, log)
	w.define(t, c)
	for i := range n {
		share := d / time.Duration(n)
		k := w.liveAndDie(t, h, c, uint64(i), share/2+upTo(rng, share))
		h, c = w.start(t, log)
		w.lookUp(t, c, k)
		w.check(t, fmt.Sprint("after kill ", i+1))
	}
	w.stop(t, h, c)
}

// longLife runs one hub under load, and compares what it holds before and after.
func (w *world) longLife(t *testing.T, log *logScan, d time.Duration) {
	t.Helper()
	h, c := w.start(t, log)
	burst := func(life uint64, d time.Duration) {
		w.calm(false)
		l := w.startLoad(t.Context(), c, life)
		defer l.stop()
		awaitSteady(t, c)
		l.steady.Store(true)
		pause(t.Context(), d)
		l.dying.Store(true)
	}
	burst(1000, d/4) // warm-up: pools, caches and connections find their sizes
	if err := w.rest(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	base, err := baseline(t.Context(), c, h.Process.Pid, min(max(d/6, baselineLeast), baselineMost))
	if err != nil {
		t.Fatal(err)
	}
	burst(1001, d-d/4)
	if err := w.rest(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	left, err := settle(t.Context(), c, h.Process.Pid, base)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("before the load: %v\nafter the load:  %v\n", base, left)
	if w.of(leakedTasks) > 0 {
		text, err := c.text(t.Context(), "/debug/pprof/goroutine?debug=1")
		fmt.Printf("goroutines: %v\n%s\n", err, text)
	}
	w.stop(t, h, c)
	w.check(t, "after a long life")
}
