// Package jpegstream turns the bytes that a camera sends into whole pictures.
//
// # What it reads
//
// The body of a multipart/x-mixed-replace response, as cameras really send it,
// or of one that is hardly multipart at all: pictures one after the other, or
// a single one. The package knows nothing of HTTP.
//
// # How
//
// There is one rule: a picture is what its own structure says, from SOI to
// EOI (jpeg.Walker). All the rest of the stream is text between pictures, read
// line by line for hints. A delimiter tells where a picture without an end was
// cut, a Content-Length how much to read at once; both are checked against the
// pictures themselves, and what has lied is not asked again. So a defect that
// nobody has seen yet costs a hint, and not the stream.
//
// A picture is given out as soon as its last byte is there: what follows is
// never waited for. One that does not parse, or that was cut, is dropped and
// counted. What had to be tolerated is reported once, by name (see Quirks).
//
// # Copies
//
// A picture whose Content-Length has been right before is read straight into
// the slice that is given out. Any other is gathered in a buffer that the
// Reader keeps, and copied once.
//
// # Non-goals
//
// Decoding, other codecs, and getting pictures out of damaged data.
package jpegstream
