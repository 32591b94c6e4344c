package app

import (
	"context"
	"errors"
	"log/slog"
)

// stopped says that the hub stops because ctx has ended. It returns err, unless that is
// nothing but this end, which came while the hub was starting: files of recordings may
// have to be repaired first, and to be stopped meanwhile is no failure.
func stopped(ctx context.Context, err error, log *slog.Logger) error {
	switch {
	case ctx.Err() == nil:
		return err
	case errors.Is(err, context.Canceled):
		log.Info("stopping", "during", err)
		return nil
	}
	log.Info("stopping")
	return err
}
