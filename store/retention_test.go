package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/retention"
)

func TestRecordSettingsArePersistent(t *testing.T) {
	path := t.TempDir() + "/store.db"
	s, err := Open(path)
	check(t, err)
	v, err := s.RecordSettings()
	check(t, err)
	if v != retention.Default() {
		t.Errorf("a new store has %+v", v)
	}
	limit := int64(7 << 30)
	check(t, s.SetRecordSettings(retention.Settings{KeepBytes: &limit, MinFreeBytes: 5}))
	check(t, s.Close())
	v, err = openFile(t, path).RecordSettings()
	check(t, err)
	if v.KeepBytes == nil || *v.KeepBytes != limit || v.MinFreeBytes != 5 {
		t.Errorf("got %+v back", v)
	}
}

func TestPinsComeBackAndGo(t *testing.T) {
	path := t.TempDir() + "/store.db"
	s, err := Open(path)
	check(t, err)
	from := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var ids []uint64
	for range 3 {
		p, err := s.AddPin(retention.Pin{Cameras: []camera.ID{"a"}, From: from, To: from.Add(time.Minute), CreatedAt: from})
		check(t, err)
		ids = append(ids, p.ID)
	}
	check(t, s.RemovePin(ids[1]))
	if err := s.RemovePin(ids[1]); fault.KindOf(err) != fault.NotFound {
		t.Errorf("removed twice: %v", err)
	}
	check(t, s.Close())
	s = openFile(t, path)
	pins, err := s.Pins()
	check(t, err)
	if len(pins) != 2 || pins[0].ID != ids[0] || pins[1].ID != ids[2] || !pins[0].From.Equal(from) {
		t.Errorf("got %+v", pins)
	}
	p, err := s.AddPin(pins[0])
	check(t, err)
	if slices.Contains(ids, p.ID) {
		t.Errorf("ID %d is given out twice", p.ID)
	}
}

// TestFirstVersionGetsRecordings opens a file from before there were recordings.
func TestFirstVersionGetsRecordings(t *testing.T) {
	path := t.TempDir() + "/store.db"
	old := `{"id":"a","name":"A","enabled":true,"mode":"always","idle_timeout":"10s","source":{"kind":"emulated"},"revision":0}`
	db, _, err := openDB(path, false)
	check(t, err)
	check(t, migrate(db, migrations[:1]))
	check(t, db.Update(func(tx *bolt.Tx) error {
		return errors.Join(putOrder(tx, []camera.ID{"a"}), tx.Bucket(bucketCameras).Put([]byte("a"), seal([]byte("a"), []byte(old))))
	}))
	check(t, db.Close())
	s := openFile(t, path)
	d, err := s.Camera("a")
	check(t, err)
	if d.Record.Mode != camera.RecordOff || d.Name != "A" {
		t.Errorf("got %+v", d)
	}
	if v, err := s.RecordSettings(); err != nil || v != retention.Default() {
		t.Errorf("got %+v, %v", v, err)
	}
}
