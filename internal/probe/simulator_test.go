package probe

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"camhub/internal/simulator"
)

// fixture is a camera of the simulator.
type fixture struct {
	Name       string
	Want       simulator.Want
	Camera     struct{ Source json.RawMessage }
	MostAtOnce int `json:"most_at_once"`
	Leaks      int
}

// fixtures returns what the simulator lists.
func fixtures(t *testing.T, url string) []fixture {
	t.Helper()
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(url + "/fixtures.json")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var list struct{ Fixtures []fixture }
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	return list.Fixtures
}

// TestSimulatedCameras looks at every camera of the simulator: it gives
// pictures where a good reader gets some, and has words for why it does not.
// None of them sees two connections at once, or what it must not see.
func TestSimulatedCameras(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- simulator.Serve(ctx, l) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	url := "http://" + l.Addr().String()
	list := fixtures(t, url)
	if len(list) < 30 {
		t.Fatalf("only %d cameras", len(list))
	}
	var wg sync.WaitGroup
	places := make(chan struct{}, 12) // they mostly wait
	for _, f := range list {
		wg.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			lookAt(t, f)
		})
	}
	wg.Wait()
	for _, f := range fixtures(t, url) {
		if f.MostAtOnce > 1 || f.Leaks > 0 {
			t.Errorf("%s saw %d connections at once and %d leaks", f.Name, f.MostAtOnce, f.Leaks)
		}
	}
}

// lookAt probes one camera of the simulator.
func lookAt(t *testing.T, f fixture) {
	res, err := newRig(t).Probe(t.Context(), f.Camera.Source, func(Progress) {})
	if err != nil || res.Explanation == "" {
		t.Errorf("%s: %v, %+v", f.Name, err, res)
		return
	}
	hangs := f.Name == "stall_picture" && strings.Contains(res.Explanation, "it hangs") // behind some pictures
	if res.Works != f.Want.Pictures && !hangs {
		t.Errorf("%s: works: %v, want %v: %s %q, tried %v", f.Name, res.Works, f.Want.Pictures, res.Answer, res.Explanation, res.Tried)
	}
	if res.Works && (res.Preview == "" || res.Source == nil || !strings.HasPrefix(urlOf(*res.Source), "http")) {
		t.Errorf("%s: %+v", f.Name, res)
	}
}
