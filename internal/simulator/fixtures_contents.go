package simulator

import (
	"bytes"
	"image"
	"slices"
	"strings"
)

// spoiled is a stream whose pictures all are treated alike.
func spoiled(f func(b []byte) []byte) stream { return stream{picture: each(f)} }

// behind is a stream with bytes behind each picture, which its length does not
// count.
func behind(padding string) stream {
	return stream{parts: []string{strings.Replace(plainPart, "{PIC}", "{PIC}"+padding, 1)}}
}

// replaced returns another picture with the comments of b.
func replaced(b, by []byte) []byte {
	for m, s := range segments(b) {
		if m == mCOM {
			by = insert(by, s)
		}
	}
	return by
}

// contents is what is wrong with the pictures.
var contents = []Fixture{
	{
		Name:    "no_dht",
		Doc:     "The pictures have no Huffman tables, as Motion JPEG of USB cameras.",
		Seen:    "UVC cameras, AVI1",
		Want:    pictures("missing-huffman-tables"),
		handler: spoiled(func(b []byte) []byte { return without(b, mDHT) }),
	},
	{
		Name:    "pad_eoi",
		Doc:     "700 zeros follow the end of each picture.",
		Seen:    "ESP32 cameras, OpenMV",
		Want:    pictures("padding-after-eoi"),
		handler: behind(strings.Repeat("\x00", 700)),
	},
	{
		Name:    "pad_counted",
		Doc:     "512 zeros follow the end of each picture, and its length counts them.",
		Seen:    "ESP32 cameras",
		Want:    pictures("padding-after-eoi"),
		handler: spoiled(func(b []byte) []byte { return append(slices.Clip(b), make([]byte, 512)...) }),
	},
	{
		Name:    "pad_junk",
		Doc:     "Junk with line ends and markers follows the end of each picture.",
		Seen:    "ESP32 cameras",
		Want:    pictures("padding-after-eoi"),
		handler: behind(strings.Repeat("\x01\xff\xda\n\x02junk\xff\xd9", 60)),
	},
	{
		Name:    "pad_d9",
		Doc:     "D9 00 00 follows the end of each picture.",
		Seen:    "cameras that µStreamer knows",
		Want:    pictures("padding-after-eoi"),
		handler: behind("\xd9\x00\x00"),
	},
	{
		Name:    "pad_twice",
		Doc:     "The end marker comes twice.",
		Want:    pictures("padding-after-eoi"),
		handler: behind("\xff\xd9"),
	},
	{
		Name:    "trunc",
		Doc:     "Each third picture is cut in its pixels.",
		Seen:    "DroidCam, ELP-USB100W03M",
		Want:    pictures("truncated-picture"),
		handler: stream{picture: every(3, func(b []byte) []byte { return cut(b, 0.8) })},
	},
	{
		Name:    "trunc_head",
		Doc:     "Each third picture is cut in its headers.",
		Want:    pictures("truncated-picture"),
		handler: stream{picture: every(3, func(b []byte) []byte { return b[:200] })},
	},
	{
		Name:    "trunc_bare",
		Doc:     "Each third picture is cut, and nothing stands between the pictures.",
		Want:    pictures("missing-delimiter", "truncated-picture"),
		handler: stream{parts: []string{"{PIC}"}, picture: every(3, func(b []byte) []byte { return cut(b, 0.8) })},
	},
	{
		Name:    "trunc_all",
		Doc:     "All pictures are cut.",
		Want:    reason("broken-pictures"),
		handler: stream{flood: true, picture: each(func(b []byte) []byte { return cut(b, 0.7) })},
	},
	{
		Name:    "no_eoi",
		Doc:     "The pictures have no end marker, and nothing else is missing.",
		Seen:    "cameras that µStreamer knows",
		Want:    pictures("missing-eoi"),
		handler: spoiled(noEOI),
	},
	{
		Name:    "tiny",
		Doc:     "Each third picture is a start and an end marker, and nothing between.",
		Seen:    "cameras that µStreamer knows",
		Want:    pictures("broken-picture"),
		handler: stream{picture: every(3, func([]byte) []byte { return []byte("\xff\xd8\xff\xd9") })},
	},
	{
		Name:    "damaged",
		Doc:     "Each third picture has a marker in its pixels that can't stand there.",
		Want:    pictures("broken-picture"),
		handler: stream{picture: every(3, damaged)},
	},
	{
		Name:    "empty",
		Doc:     "Each third part is empty, and says so.",
		Want:    pictures("malformed-content-length"),
		handler: stream{parts: []string{plainPart, plainPart, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 0\r\n\r\n\r\n"}},
	},
	{
		Name:    "thumbnail",
		Doc:     "The pictures hold a thumbnail, which is a whole picture itself.",
		Seen:    "Exif writers",
		Want:    pictures("no-content-length"),
		handler: stream{parts: []string{barePart}, picture: each(func(b []byte) []byte { return withThumbnail(b, encode(0, small)) })},
	},
	{
		Name:    "metadata",
		Doc:     "The pictures hold 150 KB of metadata.",
		Want:    pictures(),
		handler: spoiled(func(b []byte) []byte { return padded(b, 150_000) }),
	},
	{
		Name:    "boundary_inside",
		Doc:     "The metadata of the pictures holds the delimiter, not at the beginning of a line.",
		Want:    pictures(),
		handler: spoiled(func(b []byte) []byte { return insert(b, segment(mAPPF, []byte("see --frame5, and --frame: it is"))) }),
	},
	{
		Name:    "fill",
		Doc:     "Fill bytes stand before the markers, as they may (T.81 B.1.1.2).",
		Want:    pictures(),
		handler: spoiled(filled),
	},
	{
		Name:    "progressive",
		Doc:     "The pictures are progressive, of ten scans.",
		Want:    pictures(),
		handler: spoiled(func(b []byte) []byte { return replaced(b, progressive) }),
	},
	{
		Name:    "restart",
		Doc:     "The pictures have restart markers.",
		Seen:    "hardware encoders",
		Want:    pictures(),
		handler: spoiled(func(b []byte) []byte { return replaced(b, restart) }),
	},
	{
		Name: "res_change",
		Doc:  "The size changes after each third picture.",
		Seen: "µStreamer with HDMI capture",
		Want: pictures("size-change"),
		handler: stream{size: func(i int) image.Point {
			if i/3%2 == 1 {
				return small
			}
			return usual
		}},
	},
	{
		Name:    "bomb",
		Doc:     "Each third picture claims 65535 by 65535 pixels.",
		Want:    pictures("broken-picture"),
		handler: stream{picture: every(3, func(b []byte) []byte { return resized(b, 65535, 65535) })},
	},
	{
		Name:    "bomb_all",
		Doc:     "All pictures claim 65535 by 65535 pixels.",
		Want:    reason("broken-pictures"),
		handler: stream{flood: true, picture: each(func(b []byte) []byte { return resized(b, 65535, 65535) })},
	},
	{
		Name:    "size_zero",
		Doc:     "All pictures claim to have no pixels.",
		Want:    reason("broken-pictures"),
		handler: stream{flood: true, picture: each(func(b []byte) []byte { return resized(b, 0, 0) })},
	},
	{
		Name:    "other_codec",
		Doc:     "The parts are H.264 under the label of JPEG.",
		Want:    reason("not-a-camera", "no-picture"),
		handler: stream{flood: true, count: 200, picture: each(func([]byte) []byte { return bytes.Repeat([]byte("\x00\x00\x00\x01\x65\x88\x84"), 200) })},
	},
}
