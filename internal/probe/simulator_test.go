package probe

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
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
	t.Run("each", func(t *testing.T) {
		for _, f := range list {
			t.Run(f.Name, func(t *testing.T) {
				t.Parallel()
				r := newRig(t)
				res := r.probe([]byte(f.Camera.Source))
				hangs := f.Name == "stall_picture" && strings.Contains(res.Explanation, "it hangs") // behind its first picture
				if res.Works != f.Want.Pictures && !hangs {
					t.Errorf("works: %v, want %v: %s %q, tried %v", res.Works, f.Want.Pictures, res.Answer, res.Explanation, res.Tried)
				}
				if res.Works && (res.Preview == "" || !strings.HasPrefix(urlOf(*res.Source), "http")) {
					t.Errorf("%+v", res)
				}
			})
		}
	})
	for _, f := range fixtures(t, url) {
		if f.MostAtOnce > 1 || f.Leaks > 0 {
			t.Errorf("%s saw %d connections at once and %d leaks", f.Name, f.MostAtOnce, f.Leaks)
		}
	}
}
