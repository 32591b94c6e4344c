package app

import (
	"context"
	"log/slog"
	"path/filepath"

	"camhub/internal/camera"
	"camhub/internal/export"
	"camhub/internal/recording"
	"camhub/internal/registry"
)

// exportsDir is the folder of the exports that are files, below the data folder.
const exportsDir = "exports"

// openExports opens the exports of the data folder. What they hold is kept from the
// moment that recordings are deleted again.
func openExports(ctx context.Context, dataDir string, rs *recording.Service, reg *registry.Registry, log *slog.Logger) (*export.Service, error) {
	return export.Open(ctx, export.Config{
		Archive: rs.Archive(), Dir: filepath.Join(dataDir, exportsDir), Log: log, Record: reg.Record,
		Title: func(id camera.ID) string {
			d, err := reg.Get(id)
			if err != nil {
				return "" // it was removed, and its recordings are still there
			}
			return d.Name
		},
	})
}
