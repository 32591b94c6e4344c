package app

import (
	"context"
	"log/slog"
	"path/filepath"

	"camhub/internal/camera"
	"camhub/internal/hub"
	"camhub/internal/recording"
	"camhub/internal/registry"
	"camhub/store"
)

// recordingsDir is the folder of all recordings, below the data folder.
const recordingsDir = "recordings"

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
