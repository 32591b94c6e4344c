package jpegstream

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"

	"camhub/internal/jpeg"
)

// stream is one defect, or none, and what must come out.
type stream struct {
	boundary string
	body     string
	want     [][]byte
	quirks   []string
	dropped  int
	err      error // nil stands for io.EOF
}

// defects are the streams of the cameras that are known to be difficult, by
// what is wrong with them.
func defects(t testing.TB) map[string]stream {
	all := framing(t)
	maps.Copy(all, lengths(t))
	maps.Copy(all, contents(t))
	return all
}

// three returns three pictures, and a function that writes them by a format
// in which PIC is a picture and LEN its length.
func three(t testing.TB) (pics [][]byte, each func(format string) string) {
	pics = [][]byte{picture(t, "420"), picture(t, "422"), picture(t, "restart")}
	return pics, func(format string) string {
		var s strings.Builder
		for _, p := range pics {
			s.WriteString(strings.NewReplacer("LEN", fmt.Sprint(len(p)), "PIC", string(p)).Replace(format))
		}
		return s.String()
	}
}

// framing is what goes wrong between the pictures.
func framing(t testing.TB) map[string]stream {
	pics, each := three(t)
	a, b, c := pics[0], pics[1], pics[2]
	const head = "Content-Type: image/jpeg\r\nContent-Length: LEN\r\n\r\n"
	plain := "--frame\r\n" + head + "PIC\r\n"
	return map[string]stream{
		"well formed":              {"frame", each(plain), pics, nil, 0, nil},
		"closed":                   {"frame", each(plain) + "--frame--\r\n", pics, nil, 0, nil},
		"with CRLF first":          {"frame", "\r\n" + each(plain), pics, nil, 0, nil},
		"boundary behind":          {"frame", "--frame\r\n" + each(head+"PIC\r\n--frame\r\n"), pics, nil, 0, nil},
		"announced with dashes":    {"--frame", each(plain), pics, []string{BoundaryDashes}, 0, nil},
		"dashes meant as they are": {"--frame", each("--" + plain), pics, nil, 0, nil},
		"no dashes in the body":    {"frame", each("frame\r\n" + head + "PIC\r\n"), pics, []string{BoundaryDashes}, 0, nil},
		"other boundary":           {"else", each(plain), pics, []string{BoundaryMismatch}, 0, nil},
		"bare dashes":              {"else", each("--\r\n" + head + "PIC\r\n"), pics, []string{BoundaryMismatch}, 0, nil},
		"no boundary announced":    {"", each(plain), pics, []string{NoBoundary}, 0, nil},
		"boundary twice":           {"frame", each("--frame\r\n" + plain), pics, []string{DoubledBoundary}, 0, nil},
		"boundary twice, blank":    {"frame", each("--frame\r\n\r\n" + plain), pics, nil, 0, nil},
		"first boundary missing":   {"frame", strings.TrimPrefix(each(plain), "--frame\r\n"), pics, []string{MissingDelimiter}, 0, nil},
		"first picture bare":       {"frame", string(a) + "\r\n" + each(plain), [][]byte{a, a, b, c}, []string{MissingDelimiter}, 0, nil},
		"no delimiter ever":        {"", each(head + "PIC\r\n"), pics, []string{MissingDelimiter}, 0, nil},
		"no headers":               {"frame", each("--frame\r\n\r\nPIC\r\n"), pics, []string{NoContentLength, NoPartHeaders}, 0, nil},
		"no blank line":            {"frame", each("--frame\r\nPIC\r\n"), pics, []string{NoContentLength, NoPartHeaders}, 0, nil},
		"bare pictures":            {"", each("PIC"), pics, []string{MissingDelimiter}, 0, nil},
		"one bare picture":         {"", string(a), pics[:1], nil, 0, nil},
		"LF only":                  {"frame", each("--frame\nContent-Type: image/jpeg\nContent-Length: LEN\n\nPIC\n"), pics, []string{LFLineEnds}, 0, nil},
		"no CRLF behind":           {"frame", each("--frame\r\n" + head + "PIC"), pics, nil, 0, nil},
		"text first":               {"frame", "This is multipart.\r\n\r\n" + each(plain), pics, []string{Preamble}, 0, nil},
		"junk before SOI":          {"frame", each("--frame\r\nContent-Type: image/jpeg\r\n\r\n\x00\xff\xd8\x01PIC\r\n"), pics, []string{JunkBeforePicture, NoContentLength}, 0, nil},
		"long headers":             {"frame", each("--frame\r\nX-Tags: " + strings.Repeat("x", 8000) + "\r\n more\r\n" + head + "PIC\r\n"), pics, nil, 0, nil},
		"odd type":                 {"frame", each("--frame\r\nContent-type:image/jpg;size=1\r\nContent-length:LEN\r\n\r\nPIC\r\n"), pics, nil, 0, nil},
		"wrong type":               {"frame", each("--frame\r\nContent-Type: text/html\r\nContent-Length: LEN\r\n\r\nPIC\r\n"), pics, []string{WrongPartType}, 0, nil},
		"a part of text":           {"frame", each("--frame\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nmotion: 1\r\n" + plain), pics, []string{OtherParts}, 0, nil},
		"a part with dashes":       {"frame", each("--frame\r\nContent-Type: text/plain\r\n\r\n--\r\n--else\r\n\r\nPIC\r\n" + plain), pics, []string{OtherParts}, 0, nil},
		"a part that holds one":    {"frame", each("--frame\r\nContent-Type: audio/basic\r\n\r\nab\r\nPIC\r\n" + plain), pics, []string{OtherParts}, 0, nil},
	}
}

// lengths is what goes wrong with Content-Length.
func lengths(t testing.TB) map[string]stream {
	pics, each := three(t)
	return map[string]stream{
		"no length":                 {"frame", each("--frame\r\nContent-Type: image/jpeg\r\n\r\nPIC\r\n"), pics, []string{NoContentLength}, 0, nil},
		"length padded":             {"frame", each("--frame\r\nContent-Length:      LEN  \r\n\r\nPIC\r\n"), pics, nil, 0, nil},
		"length with the CRLF":      {"frame", wrongLength(pics, 2), pics, nil, 0, nil},
		"length too small":          {"frame", wrongLength(pics, -100), pics, []string{WrongLength}, 0, nil},
		"length 1":                  {"frame", each("--frame\r\nContent-Length: 1\r\n\r\nPIC\r\n"), pics, []string{WrongLength}, 0, nil},
		"length too large":          {"frame", wrongLength(pics, 50), pics, []string{WrongLength}, 0, nil},
		"length of two":             {"frame", wrongLength(pics, 5000), pics, []string{WrongLength}, 0, nil},
		"length negative":           {"frame", each("--frame\r\nContent-Length: -LEN\r\n\r\nPIC\r\n"), pics, []string{MalformedLength}, 0, nil},
		"length huge":               {"frame", each("--frame\r\nContent-Length: 99999999999999999999\r\n\r\nPIC\r\n"), pics, []string{MalformedLength}, 0, nil},
		"length of letters":         {"frame", each("--frame\r\nContent-Length: LENx\r\n\r\nPIC\r\n"), pics, []string{MalformedLength}, 0, nil},
		"length ends in padding":    {"frame", strings.ReplaceAll(wrongLength(pics, 100), "\r\n--frame", strings.Repeat("\x00", 700)+"\r\n--frame"), pics, []string{PaddingAfterEnd, WrongLength}, 0, nil},
		"padding within the length": {"frame", wrongLengthPadded(pics, 512), pics, []string{PaddingAfterEnd}, 0, nil},
	}
}

// contents is what goes wrong with the pictures.
func contents(t testing.TB) map[string]stream {
	pics, each := three(t)
	a, b, c := pics[0], pics[1], pics[2]
	tables := append(append(bareHead(a), jpeg.StandardHuffman()...), bareScan(a)...)
	exif := withThumbnail(a, picture(t, "gray"))
	return map[string]stream{
		"no tables":                 {"frame", wellFormed(withoutTables(a), withoutTables(a)), [][]byte{tables, tables}, []string{MissingHuffman}, 0, nil},
		"zeros behind EOI":          {"frame", each("--frame\r\nContent-Type: image/jpeg\r\n\r\nPIC" + strings.Repeat("\x00", 700) + "\r\n"), pics, []string{NoContentLength, PaddingAfterEnd}, 0, nil},
		"junk behind EOI, no CRLF":  {"frame", each("--frame\r\nContent-Type: image/jpeg\r\n\r\nPIC" + strings.Repeat("\x01\x02\n", 300)), pics, []string{NoContentLength, PaddingAfterEnd}, 0, nil},
		"zeros, no CRLF":            {"frame", each("--frame\r\nContent-Type: image/jpeg\r\n\r\nPIC" + strings.Repeat("\x00", 700)), pics, []string{NoContentLength, PaddingAfterEnd}, 0, nil},
		"D9 00 00 behind EOI":       {"frame", each("--frame\r\n\r\nPIC\xd9\x00\x00\r\n"), pics, []string{NoContentLength, NoPartHeaders, PaddingAfterEnd}, 0, nil},
		"cut in the pixels":         {"frame", wellFormed(a, cutAt(b, len(b)-300), c, a), [][]byte{a, c, a}, []string{Truncated}, 1, nil},
		"cut in the headers":        {"frame", wellFormed(a, cutAt(b, 300), c, a), [][]byte{a, c, a}, []string{Truncated}, 1, nil},
		"cut, no delimiter":         {"", string(a) + string(cutAt(b, len(b)-300)) + string(c), [][]byte{a, c}, []string{MissingDelimiter, Truncated}, 1, nil},
		"cut headers, no delimiter": {"", string(a) + string(cutAt(b, 300)) + string(c), [][]byte{a, c}, []string{BrokenPicture, MissingDelimiter}, 1, nil},
		"no EOI":                    {"frame", wellFormed(noEOI(a), noEOI(b), noEOI(c)), pics, []string{MissingEnd}, 0, nil},
		"tiny":                      {"frame", wellFormed(a, []byte("\xff\xd8\xff\xd9"), c), [][]byte{a, c}, []string{BrokenPicture}, 1, nil},
		"damaged":                   {"frame", wellFormed(a, damaged(b), c), [][]byte{a, c}, []string{BrokenPicture}, 1, nil},
		"size 0":                    {"frame", wellFormed(a, resized(b, 0), c), [][]byte{a, c}, []string{BrokenPicture}, 1, nil},
		"bomb":                      {"frame", wellFormed(a, resized(b, 65535), c), [][]byte{a, c}, []string{BrokenPicture}, 1, nil},
		"delimiter within a line":   {"frame", wellFormed(commented(a), commented(b)), [][]byte{commented(a), commented(b)}, nil, 0, nil},
		"a thumbnail":               {"frame", each("--frame\r\n\r\n"+string(exif)) + "\r\n", [][]byte{exif, exif, exif}, []string{NoContentLength, NoPartHeaders}, 0, nil},
		"another size":              {"frame", wellFormed(a, noise(t, 64, 1), c), [][]byte{a, noise(t, 64, 1), c}, []string{SizeChange}, 0, nil},
		"progressive":               {"frame", wellFormed(picture(t, "progressive"), a), [][]byte{picture(t, "progressive"), a}, nil, 0, nil},
		"several scans":             {"frame", string("--frame\r\n\r\n") + string(picture(t, "separate")), [][]byte{picture(t, "separate")}, []string{NoContentLength, NoPartHeaders}, 0, nil},
		"ends within a picture":     {"frame", wellFormed(a, b)[:len(wellFormed(a, b))-500], pics[:1], []string{Truncated}, 1, io.ErrUnexpectedEOF},
		"ends before the EOI":       {"", string(noEOI(a)), pics[:1], []string{MissingEnd}, 0, io.EOF},
		"nothing":                   {"frame", "", nil, nil, 0, nil},
		"a web page":                {"", "<html>\n<body>login</body>\n</html>\n", nil, []string{Preamble}, 0, nil},
		"no EOI, no length":         {"frame", strings.ReplaceAll(each("--frame\r\n\r\nPIC"), "\xff\xd9--", "--") + "\r\n--frame", pics, []string{MissingEnd, NoContentLength, NoPartHeaders}, 0, nil},
	}
}

func noEOI(b []byte) []byte { return b[:len(b)-2] }

func cutAt(b []byte, n int) []byte { return b[:n] }

// withThumbnail puts a whole picture into a segment of b.
func withThumbnail(b, small []byte) []byte {
	n := 2 + 6 + len(small)
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, byte(n >> 8), byte(n)}, "Exif\x00\x00"...)
	return append(append(out, small...), b[2:]...)
}

// commented puts a comment into b that holds the text of the delimiter.
func commented(b []byte) []byte {
	text := "see --frame5, and --frame: it is"
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xFE, 0, byte(2 + len(text))}, text...)
	return append(out, b[2:]...)
}

func bareHead(b []byte) []byte {
	b = withoutTables(b)
	return b[:bytes.Index(b, []byte{0xFF, 0xDA})]
}
func bareScan(b []byte) []byte { return b[bytes.Index(b, []byte{0xFF, 0xDA}):] }

func damaged(b []byte) []byte {
	b = bytes.Clone(b)
	copy(b[len(b)-100:], []byte{1, 0xFF, 0x37, 1})
	return b
}

func resized(b []byte, size int) []byte {
	b = bytes.Clone(b)
	sof := bytes.Index(b, []byte{0xFF, 0xC0})
	copy(b[sof+5:], []byte{byte(size >> 8), byte(size), byte(size >> 8), byte(size)})
	return b
}

func wrongLength(pics [][]byte, by int) string {
	var s strings.Builder
	for _, p := range pics {
		fmt.Fprintf(&s, "--frame\r\nContent-Length: %d\r\n\r\n%s\r\n", len(p)+by, p)
	}
	return s.String() + "--frame--\r\n"
}

func wrongLengthPadded(pics [][]byte, by int) string {
	padded := make([][]byte, len(pics))
	for i, p := range pics {
		padded[i] = append(bytes.Clone(p), make([]byte, by)...)
	}
	return wellFormed(padded...)
}
