package record

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	"camhub/internal/record/archive"
)

var kills = flag.Int("kills", 50, "how often TestKilled kills a recorder")

// TestKilled kills a process that records eight cameras at random moments. What is
// lost lies within the promise each time, and nothing that was said to be recorded is;
// after the next start a check finds no fault.
func TestKilled(t *testing.T) {
	root := t.TempDir()
	var kept, lost int
	var oldest time.Duration
	for round := range *kills {
		l := live(t, root, round*100000, 700*time.Millisecond)
		limit := 600 * time.Millisecond
		if round%10 == 9 {
			limit = 4 * time.Second // longer than the promise
		}
		l.kill(t, rand.N(limit), nil)
		a := openArchive(t, root, archive.Policy{})
		k, n, age := l.verify(t, a, true)
		kept, lost, oldest = kept+k, lost+n, max(oldest, age)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		r := clean(t, root)
		if r.Pictures != int64(kept) {
			t.Fatalf("round %d: the check counts %d pictures, want %d", round, r.Pictures, kept)
		}
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	t.Logf("%d kills, %d pictures there, %d lost, the oldest %v before the end", *kills, kept, lost, oldest.Round(time.Microsecond))
}
