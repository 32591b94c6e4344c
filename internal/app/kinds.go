package app

import (
	"camhub/internal/source"
	"camhub/internal/source/emulated"
	"camhub/internal/source/mjpeg"
	"camhub/internal/source/snapshot"
)

// kinds is the table of all kinds of cameras.
var kinds = source.Kinds{
	mjpeg.Kind,
	snapshot.Kind,
	emulated.Kind,
}
