package store

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/fault"
)

// cameraN is the ID of the nth camera of a test.
func cameraN(n int) camera.ID { return camera.ID(fmt.Sprintf("cam-%03d", n)) }

// putN stores cameras 0 to n-1.
func putN(t testing.TB, s *Store, n int) {
	t.Helper()
	for i := range n {
		check(t, op{Do: "put", Camera: cameraN(i), Text: fmt.Sprint(i)}.run(s))
	}
}

func TestPutReturnsWhatIsStored(t *testing.T) {
	s := openFile(t, t.TempDir()+"/store.db")
	given := op{Camera: "front-door", Text: "Tür 🚪"}
	d := given.definition()
	d.Source.Options = []byte("{ \"url\" : \"x\" }")
	got, e, err := s.PutCamera(d, given.event())
	check(t, err)
	read, err := s.Camera("front-door")
	check(t, err)
	if !reflect.DeepEqual(got, read) || got.Name != d.Name || got.Revision != 1 || string(got.Source.Options) != `{"url":"x"}` {
		t.Errorf("returned %+v, stored %+v", got, read)
	}
	es, err := s.Events(event.Query{}, 10)
	check(t, err)
	if len(es) != 1 || e.ID != 1 || !reflect.DeepEqual(es[0], e) {
		t.Errorf("returned event %+v, stored %+v", e, es)
	}
}

func TestRevisionsSurviveDelete(t *testing.T) {
	s := openFile(t, t.TempDir()+"/store.db")
	putN(t, s, 3)
	_, err := s.DeleteCamera(cameraN(2), event.Event{})
	check(t, err)
	d, _, err := s.PutCamera(op{Camera: cameraN(2)}.definition(), event.Event{})
	check(t, err)
	if d.Revision != 4 {
		t.Errorf("revision %d, want 4", d.Revision)
	}
}

func TestUnknownCamera(t *testing.T) {
	s := openFile(t, t.TempDir()+"/store.db")
	_, err := s.Camera("nobody")
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("Camera: %v", err)
	}
	if _, err = s.DeleteCamera("nobody", event.Event{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("DeleteCamera: %v", err)
	}
	if last, err := s.LastEventID(); last != 0 || err != nil {
		t.Errorf("a delete of nothing left event %d (%v)", last, err)
	}
}

func TestFailedPutLeavesNothing(t *testing.T) {
	s := openFile(t, t.TempDir()+"/store.db")
	putN(t, s, 1)
	bad := op{Camera: "b"}.definition()
	bad.Source.Options = []byte(`{"url":`)
	late := event.Event{Time: someTime.AddDate(9000, 0, 0)} // JSON can't hold it: fails after the camera is put
	for name, put := range map[string]func() error{
		"ID":      func() error { _, _, err := s.PutCamera(op{Camera: "../x"}.definition(), event.Event{}); return err },
		"no ID":   func() error { _, _, err := s.PutCamera(camera.Definition{}, event.Event{}); return err },
		"options": func() error { _, _, err := s.PutCamera(bad, event.Event{}); return err },
		"event":   func() error { _, _, err := s.PutCamera(op{Camera: "b"}.definition(), late); return err },
		"delete":  func() error { _, err := s.DeleteCamera(cameraN(0), late); return err },
		"events":  func() error { _, err := s.AppendEvents([]event.Event{{}, late}); return err },
	} {
		if put() == nil {
			t.Errorf("%s: no error", name)
		}
	}
	m := newModel(10)
	m.apply(op{Do: "put", Camera: cameraN(0), Text: "0"})
	check(t, m.compare(s))
	d, _, err := s.PutCamera(op{Camera: cameraN(0)}.definition(), event.Event{})
	check(t, err)
	if d.Revision != 2 {
		t.Errorf("revision %d, want 2", d.Revision)
	}
}

func TestSetOrder(t *testing.T) {
	s := openFile(t, t.TempDir()+"/store.db")
	for _, id := range []camera.ID{"a", "b", "c"} {
		check(t, op{Do: "put", Camera: id, Text: "x"}.run(s))
	}
	check(t, s.SetOrder([]camera.ID{"c", "a", "b"}))
	for _, test := range []struct {
		order string
		want  []string // pointer and a word of the detail
	}{
		{"a b c", nil},
		{"c b x a", []string{"/cameras/2 no camera"}},
		{"a b a c b", []string{"/cameras/2 twice", "/cameras/4 twice"}},
		{"b", []string{`/cameras/1 "c" is missing`, `/cameras/2 "a" is missing`}},
		{"", []string{"/cameras/0 missing", "/cameras/1 missing", "/cameras/2 missing"}},
		{"x a x a", []string{"/cameras/0 no camera", "/cameras/2 no camera", "/cameras/3 twice",
			`/cameras/4 "c" is missing`, `/cameras/5 "b" is missing`}},
	} {
		check(t, s.SetOrder([]camera.ID{"c", "a", "b"}))
		var ids []camera.ID
		for _, id := range strings.Fields(test.order) {
			ids = append(ids, camera.ID(id))
		}
		err := s.SetOrder(ids)
		fields := fault.Fields(err)
		ok := len(fields) == len(test.want) && (err == nil || fault.KindOf(err) == fault.Invalid)
		for i := 0; ok && i < len(fields); i++ {
			pointer, word, _ := strings.Cut(test.want[i], " ")
			ok = fields[i].Pointer == pointer && strings.Contains(fields[i].Detail, word)
		}
		if !ok {
			t.Errorf("order %q: %v, want %q", test.order, fields, test.want)
		}
		want := []camera.ID{"c", "a", "b"}
		if err == nil {
			want = ids
		}
		if got := wallOf(t, s); !slices.Equal(got, want) {
			t.Errorf("order %q: the wall is %q, want %q", test.order, got, want)
		}
	}
}

// wallOf returns the IDs of all cameras in wall order.
func wallOf(t *testing.T, s *Store) (ids []camera.ID) {
	t.Helper()
	ds, err := s.Cameras()
	check(t, err)
	for _, d := range ds {
		ids = append(ids, d.ID)
	}
	return ids
}

// TestManyReadersAndWriters lets all methods run at once. Each reader must see a whole
// state: cameras and order of one transaction, events without a hole.
func TestManyReadersAndWriters(t *testing.T) {
	s := openFile(t, t.TempDir()+"/store.db")
	s.keep = 300
	putN(t, s, 8)
	var writers, readers sync.WaitGroup
	stop := make(chan struct{})
	for w := range 3 {
		writers.Go(func() {
			for i := range 30 {
				err := op{Do: "put", Camera: cameraN(10 + w), Text: fmt.Sprint(i)}.run(s)
				if err == nil {
					_, err = s.AppendEvents(make([]event.Event, 20))
				}
				if err == nil {
					_, err = s.DeleteCamera(cameraN(10+w), event.Event{})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 4 {
		readers.Go(func() {
			for seen := uint64(0); ; {
				select {
				case <-stop:
					return
				default:
				}
				ds, err := s.Cameras()
				if err != nil || len(ds) < 8 || len(ds) > 11 {
					t.Errorf("%d cameras, %v", len(ds), err)
				}
				es, err := s.EventsAfter(seen, 50)
				if err != nil {
					t.Error(err)
				}
				for i, e := range es {
					if i > 0 && e.ID != es[i-1].ID+1 || e.ID <= seen {
						t.Errorf("event %d after %d", e.ID, seen)
					}
					seen = e.ID
				}
				if _, err := s.Events(event.Query{Camera: cameraN(11)}, 50); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
	if ds, err := s.Cameras(); len(ds) != 8 || err != nil {
		t.Errorf("%d cameras at the end, want 8 (%v)", len(ds), err)
	}
	if last, _ := s.LastEventID(); last != 8+3*30*22 {
		t.Errorf("last event %d, want %d", last, 8+3*30*22)
	}
}
