package store

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// childFile names, in the environment of a child process, the file to work on.
const childFile = "CAMHUB_STORE_TEST_FILE"

// crashKeep is how many events the crash test keeps: few, so that dropping them takes part.
const crashKeep = 150

func TestMain(m *testing.M) {
	if path := os.Getenv(childFile); path != "" {
		fmt.Fprintln(os.Stderr, writeForEver(path))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

// line is what the child says: an operation before it begins, and again when the
// store has acknowledged it.
type line struct {
	Op   op
	Done bool
}

// writeForEver does random operations on the file until the process is killed.
func writeForEver(path string) error {
	s, err := Open(path)
	if err != nil {
		return err
	}
	s.keep = crashKeep
	m := newModel(crashKeep)
	ds, err := s.Cameras()
	if err != nil {
		return err
	}
	for _, d := range ds {
		m.cameras[d.ID] = d
		m.order = append(m.order, d.ID)
	}
	rnd := rand.New(rand.NewPCG(rand.Uint64(), 0))
	say := json.NewEncoder(os.Stdout) // one write a line
	for {
		o := randomOp(rnd, m)
		if !m.apply(o) {
			continue
		}
		if err := say.Encode(line{Op: o}); err != nil {
			return err
		}
		if err := o.run(s); err != nil {
			return err
		}
		if err := say.Encode(line{Op: o, Done: true}); err != nil {
			return err
		}
	}
}

// TestKilledWriterLosesNothing kills a writing process at random moments. What it
// acknowledged must be there; the one operation under way must be there as a whole
// or not at all.
func TestKilledWriterLosesNothing(t *testing.T) {
	path := t.TempDir() + "/store.db"
	m := newModel(crashKeep)
	under, whole := 0, 0
	for range 20 {
		acknowledged, pending := killWriter(t, path)
		for _, o := range acknowledged {
			if !m.apply(o) {
				t.Fatalf("the child did what it should not be able to: %+v", o)
			}
		}
		s := openFile(t, path)
		s.keep = crashKeep
		err := m.compare(s)
		if pending != nil {
			under++
			if after := m.clone(); err != nil && after.apply(*pending) && after.compare(s) == nil {
				m, err = after, nil
				whole++
			}
		}
		if err != nil {
			t.Fatalf("after %d operations, and %+v under way: %v", len(acknowledged), pending, err)
		}
		// One more write proves that the revision and the event ID go on.
		o := op{Do: "put", Camera: "proof", Text: "proof"}
		m.apply(o)
		if err := o.run(s); err != nil {
			t.Fatal(err)
		}
		if err := m.compare(s); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills met an operation under way; %d of those were there as a whole", under, whole)
}

// killWriter runs a child on the file, kills it at a random moment and returns what
// it acknowledged, and what it had begun then, if anything.
func killWriter(t *testing.T, path string) (acknowledged []op, pending *op) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), childFile+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	kill := rand.IntN(60)
	for n := 0; lines.Scan(); n++ {
		var l line
		if json.Unmarshal(lines.Bytes(), &l) != nil {
			break // the kill cut it off
		}
		if pending = &l.Op; l.Done {
			acknowledged, pending = append(acknowledged, l.Op), nil
		}
		if n == kill {
			time.Sleep(time.Duration(rand.Int64N(int64(5 * time.Millisecond)))) // any moment of a write
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Fatalf("the child ended by itself: %v", err)
	}
	return acknowledged, pending
}
