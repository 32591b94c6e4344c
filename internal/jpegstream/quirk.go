package jpegstream

// What a Reader tolerated or mended.
const (
	NoBoundary        = "no-boundary"
	BoundaryMismatch  = "boundary-mismatch"
	BoundaryDashes    = "boundary-dashes"
	DoubledBoundary   = "doubled-boundary"
	MissingDelimiter  = "missing-delimiter"
	NoPartHeaders     = "no-part-headers"
	NoContentLength   = "no-content-length"
	WrongLength       = "wrong-content-length"
	MalformedLength   = "malformed-content-length"
	LFLineEnds        = "lf-line-ends"
	Preamble          = "preamble"
	JunkBeforePicture = "junk-before-picture"
	PaddingAfterEnd   = "padding-after-eoi"
	WrongPartType     = "wrong-part-type"
	OtherParts        = "other-parts"
	MissingHuffman    = "missing-huffman-tables"
	MissingEnd        = "missing-eoi"
	Truncated         = "truncated-picture"
	BrokenPicture     = "broken-picture"
	SizeChange        = "size-change"
)

// Quirks says in one sentence what each quirk means.
var Quirks = map[string]string{
	NoBoundary:        "The camera announces no multipart boundary.",
	BoundaryMismatch:  "The lines between the pictures are not the boundary that was announced.",
	BoundaryDashes:    "The boundary has more or fewer leading dashes in the stream than was announced.",
	DoubledBoundary:   "The boundary line comes twice in a row.",
	MissingDelimiter:  "Some pictures have no boundary line before them.",
	NoPartHeaders:     "Some pictures have a boundary line, but no headers.",
	NoContentLength:   "The camera does not announce the size of its pictures.",
	WrongLength:       "The size that the camera announces is wrong, and no longer used.",
	MalformedLength:   "The size that the camera announces is not a number within bounds.",
	LFLineEnds:        "Header lines end in LF without CR.",
	Preamble:          "Text comes before the first picture.",
	JunkBeforePicture: "Other bytes stand between a picture and its headers.",
	PaddingAfterEnd:   "Other bytes follow the end of a picture.",
	WrongPartType:     "A picture is labelled as something else.",
	OtherParts:        "The stream holds parts that are not pictures; they are skipped.",
	MissingHuffman:    "The pictures lack their Huffman tables; the standard ones are added.",
	MissingEnd:        "A whole picture lacks its end marker; it is added.",
	Truncated:         "Some pictures are cut short; they are dropped.",
	BrokenPicture:     "Some pictures are damaged; they are dropped.",
	SizeChange:        "The size of the pictures changes within the stream.",
}
