package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"camhub/internal/camera"
	"camhub/internal/hub"
	"camhub/internal/record/disk"
	"camhub/internal/recording"
	"camhub/internal/registry"
	"camhub/store"
)

// recordingsDir is the folder of all recordings, below the data folder.
const recordingsDir = "recordings"

// openData opens the database of a data folder, for a hub that is to run, and has its
// folder of recordings ready.
func openData(dataDir, key string, log *slog.Logger) (protected, error) {
	db, err := openStore(dataDir, key, log)
	if err != nil {
		return db, err
	}
	if err := readyRecordings(dataDir, log); err != nil {
		return db, errors.Join(err, db.Close())
	}
	return db, nil
}

// readyRecordings makes the folder of recordings, before anybody is told where the hub is.
// When the hub may not write in it the log says so, and what to do: live pictures are shown
// all the same, and recording goes on as soon as it may.
func readyRecordings(dataDir string, log *slog.Logger) error {
	root := filepath.Join(dataDir, recordingsDir)
	if err := os.MkdirAll(root, 0o755); err != nil {
		return fmt.Errorf("recordings: %w. What to do: if it is a link to another disk, mount that; else move away what stands there", err)
	}
	inside, err := os.ReadDir(root)
	if err != nil {
		return fmt.Errorf("recordings: %w. What to do: give the folder to the user that runs the hub (chown -R)", err)
	}
	dirs := []string{root}
	for _, e := range inside {
		if e.IsDir() {
			dirs = append(dirs, filepath.Join(root, e.Name()))
		}
	}
	for _, dir := range dirs {
		if err := disk.Writable(dir); err != nil {
			log.Warn("nothing can be recorded in this folder: give it to the user that runs the hub (chown -R), or mount its disk for writing", "folder", dir, "err", err)
			return nil // one says enough
		}
	}
	return nil
}

// openRecordings opens the recordings of the data folder.
func openRecordings(ctx context.Context, dataDir string, db *store.Store, reg *registry.Registry, log *slog.Logger) (*recording.Service, error) {
	return recording.Open(ctx, recording.Config{
		Root: filepath.Join(dataDir, recordingsDir), Store: db, Cameras: reg, Streams: reg.Hub(),
		Watch: func() recording.Watch { return reg.Watch() }, Log: log,
	})
}

// running is the running cameras, with what is recorded of them.
type running struct {
	*hub.Hub
	recordings *recording.Service
}

// Status returns what a camera does now.
func (r running) Status(id camera.ID) (hub.Status, error) {
	st, err := r.Hub.Status(id)
	if err == nil {
		st.Recording = r.recordings.Recording(id)
	}
	return st, err
}
