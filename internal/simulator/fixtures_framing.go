package simulator

import "strings"

// typed is the header of an answer with this Content-Type.
func typed(contentType string) string { return "Content-Type: " + contentType + "\r\n" }

// delimited is a part with this delimiter line.
func delimited(line string) []string {
	return []string{strings.Replace(plainPart, "--frame", line, 1)}
}

// framing is what is wrong between the pictures.
var framing = []Fixture{
	{
		Name:    "plain",
		Doc:     "Nothing is wrong.",
		Want:    once(),
		handler: stream{},
	},
	{
		Name:    "bnd_dashes",
		Doc:     "The announced boundary begins with the two dashes of the delimiter.",
		Seen:    "Panasonic, Sony SNC-EB640, mjpg-streamer (WXP)",
		Want:    pictures("boundary-dashes"),
		handler: stream{header: typed("multipart/x-mixed-replace; boundary=--frame")},
	},
	{
		Name:    "bnd_dashes4",
		Doc:     "The announced boundary begins with two dashes, and the delimiter has four, as it should.",
		Want:    pictures(),
		handler: stream{header: typed("multipart/x-mixed-replace; boundary=--frame"), parts: delimited("----frame")},
	},
	{
		Name:    "bnd_nodash",
		Doc:     "The delimiter has no dashes.",
		Seen:    "cameras that ZoneMinder knows",
		Want:    pictures("boundary-dashes"),
		handler: stream{parts: delimited("frame")},
	},
	{
		Name:    "bnd_quoted",
		Doc:     "The boundary is quoted, as it may be.",
		Seen:    "Lumenera, AVTech",
		Want:    pictures(),
		handler: stream{header: typed(`multipart/x-mixed-replace; boundary="frame"`)},
	},
	{
		Name:    "bnd_halfquoted",
		Doc:     "The boundary has a quote at one end.",
		Seen:    "Lumenera",
		Want:    pictures(),
		handler: stream{header: typed(`multipart/x-mixed-replace; boundary="frame`)},
	},
	{
		Name:    "bnd_nospace",
		Doc:     "The type is in odd case, without spaces, and has other parameters.",
		Seen:    "mjpg-streamer, µStreamer",
		Want:    pictures(),
		handler: stream{header: typed(`Multipart/X-Mixed-Replace;charset=utf-8;BOUNDARY=frame;x=y`)},
	},
	{
		Name:    "bnd_spaces",
		Doc:     "The boundary holds a space and is not quoted.",
		Want:    pictures(),
		handler: stream{header: typed(`multipart/x-mixed-replace; boundary = my frame `), parts: delimited("--my frame")},
	},
	{
		Name:    "bnd_odd",
		Doc:     "The boundary holds a semicolon, a colon and an equals sign.",
		Want:    pictures(),
		handler: stream{header: typed(`multipart/x-mixed-replace; boundary="a=b;c:d/e?f"`), parts: delimited("--a=b;c:d/e?f")},
	},
	{
		Name:    "bnd_short",
		Doc:     "The boundary is one letter, so that the pixels may hold the delimiter.",
		Want:    pictures(),
		handler: stream{header: typed("multipart/x-mixed-replace; boundary=b"), parts: delimited("--b")},
	},
	{
		Name:    "bnd_long",
		Doc:     "The boundary has 200 characters; 70 are allowed.",
		Want:    pictures(),
		handler: stream{header: typed("multipart/x-mixed-replace; boundary=" + strings.Repeat("b", 200)), parts: delimited("--" + strings.Repeat("b", 200))},
	},
	{
		Name:    "bnd_mismatch",
		Doc:     "The delimiter is not what was announced.",
		Seen:    "cameras that FFmpeg and VLC know",
		Want:    pictures("boundary-mismatch"),
		handler: stream{header: typed("multipart/x-mixed-replace; boundary=something_else")},
	},
	{
		Name:    "bnd_bare",
		Doc:     "The delimiter is two dashes and nothing else.",
		Want:    pictures("boundary-mismatch"),
		handler: stream{parts: delimited("--")},
	},
	{
		Name:    "bnd_changes",
		Doc:     "The delimiter is another one for each second picture.",
		Want:    pictures("boundary-mismatch"),
		handler: stream{parts: []string{plainPart, strings.Replace(plainPart, "--frame", "--other", 1)}},
	},
	{
		Name:    "bnd_double",
		Doc:     "The delimiter comes twice in a row.",
		Seen:    "Foscam G2",
		Want:    pictures("doubled-boundary"),
		handler: stream{parts: []string{"--frame\r\n" + plainPart}},
	},
	{
		Name:    "bnd_nofirst",
		Doc:     "The stream opens with the headers of a part, without a delimiter.",
		Seen:    "Tasmota, ESP32 cameras",
		Want:    pictures("missing-delimiter"),
		handler: stream{parts: []string{"Content-Type: image/jpeg\r\nContent-Length: {LEN}\r\n\r\n{PIC}\r\n--frame\r\n"}},
	},
	{
		Name:    "bnd_nofirst_jpeg",
		Doc:     "The stream opens with a picture, without delimiter and headers.",
		Seen:    "ESP32 cameras",
		Want:    pictures("missing-delimiter", "no-content-length"),
		handler: stream{parts: []string{"{PIC}\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n"}},
	},
	{
		Name:    "bnd_after",
		Doc:     "The next delimiter follows each picture at once, for browsers.",
		Seen:    "flask-video-streaming, mjpg-streamer",
		Want:    pictures(),
		handler: stream{before: "--frame\r\n", parts: []string{"Content-Type: image/jpeg\r\nContent-Length: {LEN}\r\n\r\n{PIC}\r\n--frame\r\n"}},
	},
	{
		Name:    "bnd_closed",
		Doc:     "The multipart is closed behind each picture, and goes on.",
		Want:    pictures("doubled-boundary"),
		handler: stream{parts: []string{plainPart + "--frame--\r\n"}},
	},
	{
		Name:    "bnd_none",
		Doc:     "There are no delimiters and no headers, one picture follows the other.",
		Seen:    "cameras behind a JPEG-pipe CGI",
		Want:    pictures("missing-delimiter"),
		handler: stream{parts: []string{"{PIC}"}},
	},
	{
		Name:    "ct_missing",
		Doc:     "The answer has no Content-Type.",
		Seen:    "Linksys WVC200",
		Want:    pictures("no-boundary"),
		handler: stream{head: "HTTP/1.1 200 OK\r\n\r\n"},
	},
	{
		Name:    "ct_octet",
		Doc:     "The answer is labelled application/octet-stream.",
		Seen:    "Canon",
		Want:    pictures("no-boundary"),
		handler: stream{header: typed("application/octet-stream")},
	},
	{
		Name:    "ct_noboundary",
		Doc:     "No boundary is announced.",
		Seen:    "MissionPlanner's cameras",
		Want:    pictures("no-boundary"),
		handler: stream{header: typed("multipart/x-mixed-replace")},
	},
	{
		Name:    "ct_empty",
		Doc:     "The boundary that is announced is empty.",
		Want:    pictures("no-boundary"),
		handler: stream{header: typed("multipart/x-mixed-replace; boundary=")},
	},
	{
		Name:    "ct_mixed",
		Doc:     "The answer is labelled multipart/mixed.",
		Seen:    "AirLink AIC500",
		Want:    pictures(),
		handler: stream{header: typed("multipart/mixed; boundary=frame")},
	},
	{
		Name:    "ct_jpeg",
		Doc:     "A stream is labelled as one picture.",
		Seen:    "cameras with /stream.jpg",
		Want:    pictures("no-boundary"),
		handler: stream{header: typed("image/jpeg")},
	},
	{
		Name:    "lf_only",
		Doc:     "Lines end in LF.",
		Seen:    "cameras that ZoneMinder, FFmpeg and VLC know",
		Want:    pictures("lf-line-ends"),
		handler: stream{parts: []string{strings.ReplaceAll(plainPart, "\r\n", "\n")}},
	},
	{
		Name:    "lf_mixed",
		Doc:     "Some lines end in LF, some in CRLF.",
		Want:    pictures("lf-line-ends"),
		handler: stream{parts: []string{"--frame\nContent-Type: image/jpeg\r\nContent-Length: {LEN}\n\r\n{PIC}\n"}},
	},
	{
		Name:    "cr_only",
		Doc:     "Lines end in CR alone.",
		Want:    pictures("missing-delimiter", "padding-after-eoi", "preamble"),
		handler: stream{parts: []string{strings.ReplaceAll(plainPart, "\r\n", "\r")}},
	},
	{
		Name:    "preamble",
		Doc:     "Text and blank lines come before the first delimiter, as they may.",
		Seen:    "cameras that FFmpeg knows",
		Want:    pictures("preamble"),
		handler: stream{before: "This is a multipart message.\r\nYour viewer is too old.\r\n\r\n\r\n"},
	},
	{
		Name:    "no_crlf",
		Doc:     "The delimiter follows the picture without a line end.",
		Seen:    "cameras that FFmpeg and ZoneMinder know",
		Want:    pictures(),
		handler: stream{parts: []string{strings.TrimSuffix(plainPart, "\r\n")}},
	},
	{
		Name:    "no_blank",
		Doc:     "The picture follows the delimiter's line, without headers and blank line.",
		Want:    pictures("no-content-length", "no-part-headers"),
		handler: stream{parts: []string{"--frame\r\n{PIC}\r\n"}},
	},
	{
		Name:    "blanks",
		Doc:     "There are blank lines where none should be.",
		Want:    pictures(),
		handler: stream{parts: []string{"\r\n\r\n--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {LEN}\r\n\r\n\r\n\r\n{PIC}\r\n\r\n\r\n"}},
	},
	{
		Name:    "junk_soi",
		Doc:     "Other bytes come before the picture.",
		Seen:    "cameras that Motion knows",
		Want:    pictures("junk-before-picture"),
		handler: stream{parts: []string{"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {LEN}\r\n\r\n\x00\x01\xff\xd8\x02{PIC}\r\n"}},
	},
	{
		Name:    "hdr_long",
		Doc:     "The parts have a header of 7000 bytes, and a long date.",
		Seen:    "D-Link (X-Tags)",
		Want:    pictures(),
		handler: stream{parts: []string{"--frame\r\nX-Tags: " + strings.Repeat("motion=0;", 800) + "\r\nDate: " + strings.Repeat("Thu, 1 Jan 1970 ", 8) + "\r\n" + plainPart[len("--frame\r\n"):]}},
	},
	{
		Name:    "hdr_fold",
		Doc:     "Header lines of the parts are folded, as RFC 822 allowed.",
		Want:    pictures(),
		handler: stream{parts: []string{"--frame\r\nContent-Type:\r\n image/jpeg;\r\n\tname=\"a.jpg\"\r\nContent-Length: {LEN}\r\n\r\n{PIC}\r\n"}},
	},
	{
		Name:    "hdr_odd",
		Doc:     "The parts have headers in odd case, with spaces, in Latin-1, without a name and without a colon.",
		Want:    pictures("junk-before-picture"),
		handler: stream{parts: []string{"--frame\r\ncontent-TYPE :image/jpeg\r\nX-\xe9t\xe9: caf\xe9\r\nCONTENT-LENGTH:{LEN}\r\n: nothing\r\nno colon\r\n\r\n{PIC}\r\n"}},
	},
	{
		Name:    "part_ct",
		Doc:     "The pictures are labelled image/jpg, image/pjpeg, with parameters, or not at all.",
		Seen:    "Trendnet TV-IP302PI",
		Want:    pictures(),
		handler: stream{parts: partTypes("image/jpg", "image/pjpeg", "image/jpeg;size=160x120", "IMAGE/JPEG", "application/octet-stream", "")},
	},
	{
		Name:    "part_wrong",
		Doc:     "The pictures are labelled text/html.",
		Want:    pictures("wrong-part-type"),
		handler: stream{parts: partTypes("text/html")},
	},
	{
		Name:    "part_other",
		Doc:     "A part of text comes between the pictures.",
		Seen:    "cameras that VLC knows",
		Want:    pictures("other-parts"),
		handler: stream{parts: []string{"--frame\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nmotion: no\n\r\n" + plainPart}},
	},
	{
		Name:    "split_every_byte",
		Doc:     "Each byte is a write of its own.",
		Seen:    "slow microcontrollers",
		Want:    pictures(),
		handler: stream{size: tiny, step: 4, send: byteByByte},
	},
}

// partTypes are parts with these types.
func partTypes(types ...string) []string {
	var all []string
	for _, t := range types {
		all = append(all, strings.Replace(plainPart, " image/jpeg", " "+t, 1))
	}
	return all
}
