//go:build linux

package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
)

// ledger is what a client was told about one camera. One goroutine at a time uses it.
type ledger struct {
	id       string
	rng      *rand.Rand
	fixtures []json.RawMessage // sources to choose from

	n        int    // writes so far
	name     string // of the last acknowledged write; "" when there is no camera
	revision uint64 // of that
	gone     string // the name of the camera that was deleted last
	pending  string // of a write that was not answered
	unsure   bool   // there is one
}

// write is a request of a ledger.
type write struct {
	method, path string
	body         any
	name         string // of the camera afterwards
	row          row    // counted when it is done
}

// next chooses a write.
func (l *ledger) next() write {
	l.n++
	path, name := "/api/v1/cameras/"+l.id, fmt.Sprintf("%s version %d", l.id, l.n)
	switch k := l.rng.IntN(100); {
	case l.name == "" && l.gone != "" && k < 50:
		return write{"POST", path + "/restore", nil, l.gone, restores}
	case l.name == "" || k < 25:
		return write{"PUT", path, l.definition(name), name, writes}
	case k < 45:
		return write{"DELETE", path, nil, "", writes}
	case k < 75:
		return write{"PATCH", path, object{"name": name}, name, writes}
	case k < 90:
		return write{"PATCH", path, object{"enabled": l.rng.IntN(4) > 0}, l.name, writes}
	default:
		return write{"PATCH", path, object{"record": object{"mode": pick(l.rng, "off", "always")}}, l.name, writes}
	}
}

// definition makes a camera of any kind, with any defect.
func (l *ledger) definition(name string) object {
	var source any = object{"kind": "emulated", "width": 160, "height": 120, "fps": 5}
	if l.rng.IntN(4) > 0 {
		source = l.fixtures[l.rng.IntN(len(l.fixtures))]
	}
	return object{
		"name": name, "enabled": l.rng.IntN(4) > 0, "mode": pick(l.rng, "always", "always", "on_demand"),
		"record": object{"mode": pick(l.rng, "off", "off", "always")}, "source": source,
	}
}

func pick[T any](rng *rand.Rand, from ...T) T { return from[rng.IntN(len(from))] }

// step makes one write and keeps the books. An error means that there was no answer.
func (l *ledger) step(ctx context.Context, c *client) error { return l.make(ctx, c, l.next()) }

func (l *ledger) make(ctx context.Context, c *client, w write) error {
	var answer struct{ Revision uint64 }
	l.pending, l.unsure = w.name, true
	// Only a kill may leave a write without an answer.
	status, err := c.call(context.WithoutCancel(ctx), w.method, w.path, w.body, &answer)
	if err != nil {
		return err
	}
	l.unsure = false
	switch {
	case status == http.StatusNoContent:
		l.gone, l.name, l.revision = l.name, "", 0
	case status < 300:
		l.name, l.revision = w.name, answer.Revision
	case status == http.StatusNotFound && w.row == restores:
		l.gone = "" // it was deleted in another life
		return nil
	default:
		c.fault(failedAnswer, "%s %s: %d", w.method, w.path, status)
		return nil
	}
	c.add(w.row, 1)
	if w.row != writes {
		c.add(writes, 1)
	}
	return nil
}

// settle makes the camera one that is the same whenever all is quiet.
func (l *ledger) settle(ctx context.Context, c *client) error {
	l.n++
	name := fmt.Sprintf("%s at rest, version %d", l.id, l.n)
	return l.make(ctx, c, write{"PUT", "/api/v1/cameras/" + l.id, object{
		"name": name, "enabled": false, "source": object{"kind": "emulated"},
	}, name, writes})
}

// check compares what a new life of the hub knows with what was acknowledged.
func (l *ledger) check(all map[string]seen, t *tally) {
	got := all[l.id]
	if got.Name != l.name && (!l.unsure || got.Name != l.pending) {
		t.fault(lostWrites, "%s is %q; acknowledged %q, pending %q (%v)", l.id, got.Name, l.name, l.pending, l.unsure)
	}
	if got.Name != "" && got.Revision < l.revision {
		t.fault(lostWrites, "%s went back from revision %d to %d", l.id, l.revision, got.Revision)
	}
	if got.Name == "" && l.name != "" { // it was deleted, and nobody was told
		l.gone = ""
	}
	l.name, l.revision, l.unsure = got.Name, got.Revision, false
}
