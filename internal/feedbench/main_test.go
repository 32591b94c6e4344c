//go:build linux

package feedbench

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
)

var (
	window = flag.Duration("window", 5*time.Second, "how long each turn of a comparison is measured")
	rounds = flag.Int("rounds", 3, "how often the hub and rawfan take turns")
	given  = flag.String("camhub", "", "measure this binary instead of building cmd/camhub")
)

// roleEnv holds a role as JSON. With it, the test binary plays the role and
// runs no test.
const roleEnv = "CAMHUB_FEEDBENCH_ROLE"

// role is what a process of the bench is to do.
type role struct {
	Name string // a key of roles

	Addr          string // to listen at; port 0 picks one
	Width, Height int    // of the picture
	FPS           int    // pictures per second
	Upstream      string // plaingo: the camera's address

	Host, Path string // viewers: what to ask for; {n} is the number of a connection, from 0
	Count      int    // viewers: how many connections; wall: how many tiles
	Mode       string // viewers: normal, slow, stalled
	Rate       int    // viewers: bytes per second of a slow one

	Frame time.Duration // wall: how often the page acknowledges what came; 0: at once
}

// roles is filled in TestMain and not by its declaration, since the roles use
// what the tests use.
func roles() map[string]func(role) error {
	return map[string]func(role) error{
		"feeder":  runFeeder,
		"rawfan":  runRawfan,
		"plaingo": runPlainGo,
		"viewers": runViewers,
		"wall":    runWall,
	}
}

func TestMain(m *testing.M) {
	if spec, ok := os.LookupEnv(roleEnv); ok {
		if err := play(spec); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	flag.Parse()
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		removeBuild()
		os.Exit(code)
	}))
}

func play(spec string) error {
	var r role
	if err := json.Unmarshal([]byte(spec), &r); err != nil {
		return fmt.Errorf("read role: %w", err)
	}
	run, ok := roles()[r.Name]
	if !ok {
		return fmt.Errorf("no role %q", r.Name)
	}
	if err := run(r); err != nil {
		return fmt.Errorf("%s: %w", r.Name, err)
	}
	return nil
}
