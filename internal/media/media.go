// Package media defines the data that flows from cameras to viewers.
//
// It imports nothing but the standard library and starts no goroutines.
package media

import "time"

// Codec names a picture or elementary stream format, as the API shows it.
type Codec string

// The codecs that camhub carries.
const (
	JPEG Codec = "jpeg" // ITU-T T.81, one whole picture a packet
)

// Track is the format in force for the packets that point to it. A source that
// meets a new size makes a new Track; a reader that sees the pointer change
// sets its output up again. A Track is immutable.
type Track struct {
	Codec         Codec
	Width, Height int // in pixels
}

// Packet is one coded picture: for JPEG from SOI to EOI, with nothing behind.
//
// A Packet and its Data are immutable once they are written to a stream. All
// readers share them and the garbage collector frees them.
type Packet struct {
	Seq      uint64        // set by the stream; a gap shows a reader what it missed
	Track    *Track        // never nil
	PTS      time.Duration // media time since the source started
	Captured time.Time     // from the device's clock; zero when the device does not say
	Arrived  time.Time     // when the picture was complete here
	Key      bool          // decodable on its own; always true for JPEG
	Data     []byte
}

// Time returns the best known instant of the picture: capture, else arrival.
func (p *Packet) Time() time.Time {
	if !p.Captured.IsZero() {
		return p.Captured
	}
	return p.Arrived
}
