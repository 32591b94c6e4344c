package app

import (
	"camhub/internal/jpegstream"
	"camhub/internal/source"
	"camhub/internal/source/emulated"
	"camhub/internal/source/httpcam"
	"camhub/internal/source/mjpeg"
	"camhub/internal/source/picamera"
	"camhub/internal/source/snapshot"
	"camhub/internal/source/v4l2"
	"camhub/internal/upstream"
)

// kinds is the table of all kinds of cameras.
var kinds = source.Kinds{
	mjpeg.Kind,
	snapshot.Kind,
	emulated.Kind,
	v4l2.Kind,
	picamera.Kind,
}

// quirks says of every quirk what it means.
var quirks = []map[string]string{jpegstream.Quirks, upstream.Quirks, httpcam.Quirks, v4l2.Quirks}
