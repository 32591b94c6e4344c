package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// ledger is what a client was told about one camera.
type ledger struct {
	name     string // of the last acknowledged write; "" when there is no camera
	pending  string // of a write that was not answered
	unsure   bool   // a write was not answered
	revision uint64
}

// writer makes random writes of one camera and keeps the books.
type writer struct {
	id  string
	rng *rand.Rand
	ledger
}

// step makes one write. It returns false when the hub is gone.
func (w *writer) step(url string, n int) bool {
	path := url + "/api/v1/cameras/" + w.id
	name := fmt.Sprintf("%s version %d", w.id, n)
	method, body := "PUT", fmt.Sprintf(`{"name":%q,"enabled":false,"source":{"kind":"emulated"}}`, name)
	switch k := w.rng.IntN(10); {
	case k < 2:
		method, body, name = "DELETE", "", ""
	case k < 5:
		method, body = "PATCH", fmt.Sprintf(`{"name":%q}`, name)
	}
	req, err := http.NewRequest(method, path, strings.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	w.pending, w.unsure = name, true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return false
	}
	w.unsure = false
	switch resp.StatusCode {
	case 200, 201:
		var c struct{ Revision uint64 }
		if json.Unmarshal(answer, &c) != nil {
			return false
		}
		w.name, w.revision = name, c.Revision
	case 204:
		w.name = ""
	}
	return true
}

// TestKillDuringWrites kills the hub with SIGKILL at random moments during
// 1000 random writes. After each restart every acknowledged write is there, and
// none is half done.
func TestKillDuringWrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	writers := make([]*writer, 4)
	for i := range writers {
		writers[i] = &writer{id: fmt.Sprintf("camera-%d", i), rng: rand.New(rand.NewPCG(seed, uint64(i+1)))}
	}
	var writes atomic.Int64
	const total, kills = 1000, 12
	for round := 0; writes.Load() < total; round++ {
		p := start(t, dir)
		p.checkLedgers(writers)
		killed := make(chan struct{})
		if round < kills {
			time.AfterFunc(time.Duration(20+rng.IntN(400))*time.Millisecond, func() {
				p.Kill()
				close(killed)
			})
		}
		done := make(chan struct{})
		for _, w := range writers {
			go func() {
				defer func() { done <- struct{}{} }()
				for n := writes.Add(1); n <= total && w.step(p.URL, int(n)); n = writes.Add(1) {
				}
			}()
		}
		for range writers {
			<-done
		}
		if round < kills {
			<-killed
		} else {
			p.Stop()
		}
		http.DefaultClient.CloseIdleConnections()
	}
	p := start(t, dir)
	p.checkLedgers(writers)
	p.Stop()
}

// checkLedgers compares the hub with what the writers were told.
func (p *process) checkLedgers(writers []*writer) {
	p.t.Helper()
	type cam struct {
		ID, Name string
		Revision uint64
	}
	var list struct{ Cameras []cam }
	p.call("GET", "/api/v1/cameras", "", &list)
	for _, w := range writers {
		i := slices.IndexFunc(list.Cameras, func(c cam) bool { return c.ID == w.id })
		got := cam{}
		if i >= 0 {
			got = list.Cameras[i]
		}
		if got.Name != w.name && (!w.unsure || got.Name != w.pending) {
			p.t.Errorf("%s is %q; acknowledged %q, pending %q (%v)", w.id, got.Name, w.name, w.pending, w.unsure)
		}
		if got.Name != "" && got.Revision < w.revision {
			p.t.Errorf("%s went back from revision %d to %d", w.id, w.revision, got.Revision)
		}
		w.ledger = ledger{name: got.Name, revision: got.Revision}
	}
	resp, err := http.Get(p.URL + "/api/v1/events?limit=1000")
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, err := io.ReadAll(resp.Body); err != nil || !bytes.Contains(b, []byte(`"events"`)) {
		p.t.Errorf("events: %s, %v", b, err)
	}
}
