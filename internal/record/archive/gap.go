package archive

import "fmt"

// Gap says why nothing was recorded just before a segment. Its numbers stand in
// files and never change.
type Gap uint8

// The reasons. None is for a segment that follows the one before without a pause.
const (
	None     Gap = iota
	Unknown      // nobody said
	Off          // recording was switched off, or not scheduled
	Stopped      // the hub was stopped
	Crashed      // the hub ended without closing its files
	Offline      // the camera gave no pictures
	Overflow     // pictures came faster than the disk took them
	Full         // no room, and nothing that could be deleted
	Failed       // the disk gave errors
	ReadOnly     // the disk could not be written to
	Lost         // the folder, or a file in it, was taken away while it was recorded
	Clock        // the clock was set forward
	Deleted      // it was recorded, and has been deleted; never in a file
	gaps         // how many there are
)

var gapTexts = [gaps]struct{ code, text string }{
	None:     {"none", "nothing is missing"},
	Unknown:  {"unknown", "the reason is not known"},
	Off:      {"off", "recording was switched off"},
	Stopped:  {"hub_stopped", "the hub was stopped"},
	Crashed:  {"hub_crashed", "the hub, or its machine, went down"},
	Offline:  {"camera_offline", "the camera gave no pictures"},
	Overflow: {"queue_overflow", "the disk was too slow"},
	Full:     {"disk_full", "the disk was full"},
	Failed:   {"disk_error", "the disk gave errors"},
	ReadOnly: {"read_only", "the disk could not be written to"},
	Lost:     {"folder_gone", "the folder of the recordings was taken away"},
	Clock:    {"clock", "the clock was set forward"},
	Deleted:  {"deleted", "it has been deleted"},
}

// String returns the word for programs.
func (g Gap) String() string {
	if g >= gaps {
		return fmt.Sprintf("gap_%d", uint8(g)) // of a later version
	}
	return gapTexts[g].code
}

// Text returns the sentence for people.
func (g Gap) Text() string {
	if g >= gaps {
		return gapTexts[Unknown].text
	}
	return gapTexts[g].text
}

// MarshalText implements encoding.TextMarshaler.
func (g Gap) MarshalText() ([]byte, error) { return []byte(g.String()), nil }
