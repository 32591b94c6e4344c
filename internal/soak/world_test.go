//go:build linux

package soak

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The 32 cameras.
const (
	steadyCameras   = 8 // read a camera of the simulator that never fails
	emulatedCameras = 4
	flakyCameras    = 8
	churnCameras    = 12 // are defined anew, deleted, brought back
)

// world is what is around the hub, and outlives it.
type world struct {
	program, data string
	fixtures      []json.RawMessage // sources of all cameras of the simulator
	plain         string            // the URL of the simulator's camera that never fails
	flaky         []*upstream
	ledgers       []*ledger
	keep          *settings
	*tally
	seed uint64
}

// newWorld starts what is around the hub, until the test ends.
func newWorld(t *testing.T, program string, seed uint64) *world {
	t.Helper()
	w := &world{program: program, data: t.TempDir(), tally: newTally(), seed: seed, keep: newSettings(rand.New(rand.NewPCG(seed, 1)))}
	w.startSimulator(t)
	for i := range flakyCameras {
		w.flaky = append(w.flaky, newUpstream(t, t.Context(), rand.New(rand.NewPCG(seed, uint64(100+i))), w.tally))
	}
	for i := range churnCameras {
		w.ledgers = append(w.ledgers, &ledger{id: fmt.Sprint("churn-", i), rng: rand.New(rand.NewPCG(seed, uint64(200+i))), fixtures: w.fixtures})
	}
	return w
}

// startSimulator runs camhub simulate, and asks it for its cameras.
func (w *world) startSimulator(t *testing.T) {
	t.Helper()
	cmd := exec.Command(w.program, "simulate", "--listen", "127.0.0.1:0")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // its work is done
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url := strings.TrimSpace(line[strings.Index(line, "http://"):])
	w.plain = url + "/plain"
	resp, err := http.Get(url + "/fixtures.json")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var list struct {
		Fixtures []struct {
			Camera struct{ Source json.RawMessage }
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil || len(list.Fixtures) == 0 {
		t.Fatalf("cameras of the simulator: %d, %v", len(list.Fixtures), err)
	}
	for _, f := range list.Fixtures {
		var source struct{ URL string }
		if err := json.Unmarshal(f.Camera.Source, &source); err != nil {
			t.Fatal(err)
		}
		// A stored password does not go along to another host or port: the hub refuses
		// that change, as it should.
		if strings.HasPrefix(source.URL, url+"/") {
			w.fixtures = append(w.fixtures, f.Camera.Source)
		}
	}
	if len(w.fixtures) < len(list.Fixtures)/2 {
		t.Fatalf("%d cameras of the simulator can be used, of %d", len(w.fixtures), len(list.Fixtures))
	}
}

// steadyIDs are the cameras that nothing may disturb. All of them are recorded.
func steadyIDs() (ids []string) {
	for i := range steadyCameras {
		ids = append(ids, fmt.Sprint("steady-", i))
	}
	for i := range emulatedCameras {
		ids = append(ids, fmt.Sprint("emulated-", i))
	}
	return ids
}

func flakyID(i int) string { return fmt.Sprint("flaky-", i) }

// define defines the cameras that stay as they are.
func (w *world) define(t *testing.T, c *client) {
	t.Helper()
	record := object{"mode": "always"}
	add := func(id string, def object) {
		def["id"], def["name"] = id, "Camera "+id
		if status, err := c.call(t.Context(), "POST", "/api/v1/cameras", def, nil); err != nil || status != http.StatusCreated {
			t.Fatalf("add %s: %d, %v", id, status, err)
		}
	}
	for i := range steadyCameras {
		add(fmt.Sprint("steady-", i), object{"group": "steady", "record": record, "source": object{"kind": "mjpeg", "url": w.plain}})
	}
	for i := range emulatedCameras {
		add(fmt.Sprint("emulated-", i), object{"record": record, "source": object{"kind": "emulated", "width": 320, "height": 240, "fps": 10}})
	}
	for i, u := range w.flaky {
		add(flakyID(i), object{"group": "flaky", "record": record, "source": object{"kind": "mjpeg", "url": u.URL + "/"}})
	}
}

// calm makes all upstreams behave, or no more.
func (w *world) calm(calm bool) {
	for _, u := range w.flaky {
		u.calm.Store(calm)
	}
}

// awaitLive waits until the cameras are live, and tells which are not.
func awaitLive(ctx context.Context, c *client, ids []string, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		all, err := c.cameras(ctx)
		var not []string
		for _, id := range ids {
			if s := all[id].Status; s.State != "live" {
				not = append(not, fmt.Sprintf("%s (%s, %+v)", id, s.State, s.Error))
			}
		}
		if err == nil && len(not) == 0 {
			return nil
		}
		if !pause(ctx, 200*time.Millisecond) {
			return fmt.Errorf("not live: %v, %v", not, err)
		}
	}
}
