package store

import (
	"fmt"
	"os"
	"testing"

	"camhub/internal/camera"
	"camhub/internal/event"
	sealing "camhub/internal/seal"
)

// fillEvents appends n events in lots.
func fillEvents(t testing.TB, s *Store, n int) {
	t.Helper()
	const lot = 5000
	es := mixedEvents(lot)
	for ; n > 0; n -= lot {
		_, err := s.AppendEvents(es[:min(n, lot)])
		check(t, err)
	}
}

// BenchmarkOpen opens a file with 64 cameras and as many events as are kept.
func BenchmarkOpen(b *testing.B) {
	for _, closed := range []bool{true, false} {
		b.Run(fmt.Sprintf("closed=%v", closed), func(b *testing.B) {
			path := b.TempDir() + "/store.db"
			s, err := Open(path)
			check(b, err)
			putN(b, s, 64)
			fillEvents(b, s, keepEvents)
			if closed {
				check(b, s.Close())
			} else {
				check(b, s.db.Close())
			}
			for b.Loop() {
				s, err := Open(path)
				check(b, err)
				check(b, s.db.Close())
			}
		})
	}
}

// BenchmarkPutCamera is one change of a camera, on disk, in a full store.
func BenchmarkPutCamera(b *testing.B) {
	s := fullStore(b)
	for b.Loop() {
		check(b, op{Do: "put", Camera: cameraN(3), Text: "x"}.run(s))
	}
}

// BenchmarkAppendEvents is one lot of events, on disk, in a full store.
func BenchmarkAppendEvents(b *testing.B) {
	for _, n := range []int{1, 100} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := fullStore(b)
			es := mixedEvents(n)
			for b.Loop() {
				_, err := s.AppendEvents(es)
				check(b, err)
			}
		})
	}
}

// BenchmarkCameras reads 64 cameras.
func BenchmarkCameras(b *testing.B) {
	s := fullStore(b)
	for b.Loop() {
		_, err := s.Cameras()
		check(b, err)
	}
}

// BenchmarkEvents reads a page of 100 events: the newest, those of one camera among
// seven, and none, for which all events are searched or decoded.
func BenchmarkEvents(b *testing.B) {
	s := fullStore(b)
	for name, q := range map[string]event.Query{
		"newest":      {},
		"camera":      {Camera: "cam-1"},
		"no-camera":   {Camera: camera.ID("nobody")},
		"none-so-old": {Until: someTime.AddDate(-1, 0, 0)},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, err := s.Events(q, 100)
				check(b, err)
			}
		})
	}
}

// fullStore returns a store with 64 cameras and as many events as are kept.
func fullStore(b *testing.B) *Store {
	b.Helper()
	s := openFile(b, b.TempDir()+"/store.db")
	putN(b, s, 64)
	fillEvents(b, s, keepEvents)
	return s
}

// BenchmarkCopyTo copies a full store, as each backup does.
func BenchmarkCopyTo(b *testing.B) {
	s := fullStore(b)
	_, err := s.Protect(newVault(sealing.NewKey()))
	check(b, err)
	path := b.TempDir() + "/copy.db"
	for b.Loop() {
		_, err := s.CopyTo(path, false)
		check(b, err)
		info, err := os.Stat(path)
		check(b, err)
		b.SetBytes(info.Size())
		check(b, os.Remove(path))
	}
}
