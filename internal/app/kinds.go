package app

import (
	"camhub/internal/source"
	"camhub/internal/source/emulated"
)

// kinds is the table of all kinds of cameras.
var kinds = source.Kinds{
	emulated.Kind,
}
