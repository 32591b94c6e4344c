package app

import (
	"net/http"
	"strings"
	"testing"

	"camhub/internal/hubclient"
	"camhub/internal/portable"
)

// TestImportSeesWhatChangedMeanwhile applies plans to a running hub that has changed
// since they were made: nobody's change is lost.
func TestImportSeesWhatChangedMeanwhile(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"a","name":"A","source":{"kind":"emulated"}}`)
	client, err := hubclient.New(h.url, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	hub := portable.Online{Client: client, Kinds: kinds}
	for file, change := range map[string][3]string{
		`{id: a, name: B, source: {kind: emulated}}`:     {"PATCH", "/api/v1/cameras/a", `{"group":"mine"}`},
		`{id: new, name: C, source: {kind: emulated}}`:   {"PUT", "/api/v1/cameras/new", `{"name":"Theirs","source":{"kind":"emulated"}}`},
		`{id: other, name: D, source: {kind: emulated}}`: {"PATCH", "/api/v1/cameras/a", `{"group":"still mine"}`}, // removes a
	} {
		f, err := portable.Read("f", strings.NewReader("camhub: 1\ncameras: ["+file+"]\n"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := hub.State(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p, err := portable.NewPlan(f, s, kinds, strings.Contains(file, "other"))
		if err != nil {
			t.Fatal(err)
		}
		if a := h.do(change[0], change[1], change[2]); a.status > 299 {
			t.Fatalf("%v: %d %s", change, a.status, a.body)
		}
		if err := p.Apply(t.Context(), hub, func(string) {}); err == nil || !strings.Contains(err.Error(), "412") {
			t.Errorf("%s: %v", file, err)
		}
	}
	if got := string(h.want(http.StatusOK, "GET", "/api/v1/cameras", "").body); !strings.Contains(got, `"still mine"`) && !strings.Contains(got, `"mine"`) || !strings.Contains(got, "Theirs") {
		t.Errorf("a change is lost: %s", got)
	}
}
