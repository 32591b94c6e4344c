package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"camhub/internal/camera"
	"camhub/internal/event"
)

func TestVerify(t *testing.T) {
	path := filepath.Join(t.TempDir(), "camhub.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	d := camera.Default()
	d.ID, d.Name, d.Source = "a", "A", camera.Source{Kind: "emulated", Options: []byte("{}")}
	if _, _, err := s.PutCamera(d, event.Event{Time: time.Now(), Type: event.Added, Camera: "a", Name: "planted name"}); err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(path); !IsInUse(err) {
		t.Errorf("while it is open: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if warning, err := Verify(path); err != nil || warning != "" {
		t.Errorf("a good file: %q, %v", warning, err)
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Errorf("the file was changed: %v", err)
	}
	damaged := 0
	for i := range before { // each name of the event, in all of its copies
		if string(before[i:min(i+12, len(before))]) == "planted name" {
			before[i] = 'P'
			damaged++
		}
	}
	if err := os.WriteFile(path, before, 0o600); err != nil || damaged == 0 {
		t.Fatal(damaged, err)
	}
	if _, err := Verify(path); err == nil || IsInUse(err) {
		t.Errorf("a changed event: %v", err)
	}
}
