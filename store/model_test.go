package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/fault"
)

// op is one call of a Store, as data: the same is done to a Store and to a model.
type op struct {
	Do     string // put, insert, delete, order, events
	Camera camera.ID
	Text   string
	Order  []camera.ID
	Count  int // of events, or the place of an insert
}

// model is a Store in a few maps: what every test compares with.
type model struct {
	cameras  map[camera.ID]camera.Definition
	order    []camera.ID
	revision uint64
	events   []event.Event
	lastID   uint64
	keep     uint64
}

func newModel(keep uint64) *model {
	return &model{cameras: map[camera.ID]camera.Definition{}, keep: keep}
}

func (m *model) clone() *model {
	c := *m
	c.cameras = map[camera.ID]camera.Definition{}
	for id, d := range m.cameras {
		c.cameras[id] = d
	}
	c.order, c.events = slices.Clone(m.order), slices.Clone(m.events)
	return &c
}

// apply does o to the model. It reports whether a Store should accept it.
func (m *model) apply(o op) bool {
	switch o.Do {
	case "put":
		if _, ok := m.cameras[o.Camera]; !ok {
			m.order = append(m.order, o.Camera)
		}
		return m.applyPut(o)
	case "insert":
		if _, ok := m.cameras[o.Camera]; ok {
			return false
		}
		m.order = slices.Insert(m.order, max(0, min(o.Count, len(m.order))), o.Camera)
		return m.applyPut(o)
	case "delete":
		if _, ok := m.cameras[o.Camera]; !ok {
			return false
		}
		delete(m.cameras, o.Camera)
		m.order = slices.DeleteFunc(m.order, func(id camera.ID) bool { return id == o.Camera })
		m.append(o.event())
	case "order":
		if !slices.Equal(slices.Sorted(slices.Values(o.Order)), slices.Sorted(slices.Values(m.order))) {
			return false
		}
		m.order = slices.Clone(o.Order)
	case "events":
		for range o.Count {
			m.append(o.event())
		}
	}
	return true
}

func (m *model) applyPut(o op) bool {
	m.revision++
	d := o.definition()
	d.Revision = m.revision
	m.cameras[o.Camera] = d
	m.append(o.event())
	return true
}

func (m *model) append(e event.Event) {
	m.lastID++
	e.ID = m.lastID
	m.events = append(m.events, e)
	if n := uint64(len(m.events)); n > m.keep {
		m.events = m.events[n-m.keep:]
	}
}

// run does o to s.
func (o op) run(s *Store) error {
	var err error
	switch o.Do {
	case "put":
		_, _, err = s.PutCamera(o.definition(), o.event())
	case "insert":
		_, _, err = s.InsertCamera(o.definition(), o.Count, o.event())
	case "delete":
		_, err = s.DeleteCamera(o.Camera, o.event())
	case "order":
		err = s.SetOrder(o.Order)
	case "events":
		_, err = s.AppendEvents(slices.Repeat([]event.Event{o.event()}, o.Count))
	}
	return err
}

var someTime = time.Date(2026, 1, 2, 15, 4, 5, 678000000, time.UTC)

func (o op) definition() camera.Definition {
	d := camera.Default()
	d.ID, d.Name, d.CreatedAt = o.Camera, o.Text, someTime
	options, _ := json.Marshal(map[string]string{"url": "http://10.0.0.5/" + o.Text})
	d.Source = camera.Source{Kind: "mjpeg", Options: options}
	return d
}

func (o op) event() event.Event {
	e := event.Event{Time: someTime, Type: event.Changed, Camera: o.Camera, Name: o.Text}
	if len(o.Text)%2 == 0 {
		e.Type, e.Reason = event.Offline, &event.Reason{Code: "refused", Message: o.Text}
	}
	return e
}

// randomOp makes an operation that fits m most of the time.
func randomOp(rnd *rand.Rand, m *model) op {
	o := op{Camera: camera.ID(fmt.Sprintf("cam-%d", rnd.IntN(12))), Text: fmt.Sprintf("%0*d", 1+rnd.IntN(400), rnd.Int64())}
	switch n := rnd.IntN(10); {
	case n < 3:
		o.Do = "put"
	case n < 4:
		o.Do, o.Count = "insert", rnd.IntN(14)-1
	case n < 6:
		o.Do = "delete"
	case n < 8:
		o.Do, o.Order = "order", slices.Clone(m.order)
		rnd.Shuffle(len(o.Order), func(i, j int) { o.Order[i], o.Order[j] = o.Order[j], o.Order[i] })
		if rnd.IntN(5) == 0 {
			o.Order = append(o.Order, o.Camera)
		}
	default:
		o.Do, o.Count = "events", rnd.IntN(30)
	}
	return o
}

// compare reports the first difference between what s holds and m.
func (m *model) compare(s *Store) error {
	ds, err := s.Cameras()
	if err != nil {
		return err
	}
	var ids []camera.ID
	for _, d := range ds {
		ids = append(ids, d.ID)
		if want := m.cameras[d.ID]; !reflect.DeepEqual(d, want) {
			return fmt.Errorf("camera %q is %+v, want %+v", d.ID, d, want)
		}
	}
	if !slices.Equal(ids, m.order) {
		return fmt.Errorf("wall order %q, want %q", ids, m.order)
	}
	es, err := s.EventsAfter(0, len(m.events)+1)
	if err != nil {
		return err
	}
	back, err := s.Events(event.Query{}, len(m.events)+1)
	if err != nil {
		return err
	}
	slices.Reverse(back)
	if len(es)+len(m.events) > 0 && !reflect.DeepEqual(es, m.events) {
		return fmt.Errorf("%d events, want %d (or others)", len(es), len(m.events))
	}
	if !reflect.DeepEqual(es, back) {
		return fmt.Errorf("events differ forward (%d) and backward (%d)", len(es), len(back))
	}
	last, err := s.LastEventID()
	if err == nil && last != m.lastID {
		err = fmt.Errorf("last event is %d, want %d", last, m.lastID)
	}
	return err
}

// openFile opens the store at path and closes it with the test.
func openFile(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestRandomOperationsMatchModel compares a Store and a model after each of many
// operations, with the file closed and opened again now and then.
func TestRandomOperationsMatchModel(t *testing.T) {
	const keep = 200
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	path := t.TempDir() + "/store.db"
	s := openFile(t, path)
	s.keep = keep
	m := newModel(keep)
	for i := range 250 {
		o := randomOp(rnd, m)
		accept := m.apply(o)
		err := o.run(s)
		if accept != (err == nil) {
			t.Fatalf("operation %d, %+v: accept is %v, error: %v", i, o, accept, err)
		}
		if kind := fault.KindOf(err); err != nil && kind != fault.NotFound && kind != fault.Invalid && kind != fault.Conflict {
			t.Fatalf("operation %d, %+v: %v", i, o, err)
		}
		if rnd.IntN(25) == 0 {
			if err := errors.Join(s.Close(), s.Close()); err != nil {
				t.Fatal(err)
			}
			s = openFile(t, path)
			s.keep = keep
		}
		if err := m.compare(s); err != nil {
			t.Fatalf("after operation %d, %+v: %v", i, o, err)
		}
	}
}
