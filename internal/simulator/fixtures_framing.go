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
		Name: "plain", Want: once(), handler: stream{},
		Doc: "Nothing is wrong.",
	}, {
		Name: "bnd_dashes", Want: pictures("boundary-dashes"), handler: stream{header: typed("multipart/x-mixed-replace; boundary=--frame")},
		Doc: "The announced boundary begins with the two dashes of the delimiter.", Seen: "Panasonic, Sony SNC-EB640, mjpg-streamer (WXP)",
	}, {
		Name: "bnd_dashes4", Want: pictures(), handler: stream{header: typed("multipart/x-mixed-replace; boundary=--frame"), parts: delimited("----frame")},
		Doc: "The announced boundary begins with two dashes, and the delimiter has four, as it should.",
	}, {
		Name: "bnd_nodash", Want: pictures("boundary-dashes"), handler: stream{parts: delimited("frame")},
		Doc: "The delimiter has no dashes.", Seen: "cameras that ZoneMinder knows",
	}, {
		Name: "bnd_quoted", Want: pictures(), handler: stream{header: typed(`multipart/x-mixed-replace; boundary="frame"`)},
		Doc: "The boundary is quoted, as it may be.", Seen: "Lumenera, AVTech",
	}, {
		Name: "bnd_halfquoted", Want: pictures(), handler: stream{header: typed(`multipart/x-mixed-replace; boundary="frame`)},
		Doc: "The boundary has a quote at one end.", Seen: "Lumenera",
	}, {
		Name: "bnd_nospace", Want: pictures(), handler: stream{header: typed(`Multipart/X-Mixed-Replace;charset=utf-8;BOUNDARY=frame;x=y`)},
		Doc: "The type is in odd case, without spaces, and has other parameters.", Seen: "mjpg-streamer, µStreamer",
	}, {
		Name: "bnd_spaces", Want: pictures(), handler: stream{header: typed(`multipart/x-mixed-replace; boundary = my frame `), parts: delimited("--my frame")},
		Doc: "The boundary holds a space and is not quoted.",
	}, {
		Name: "bnd_odd", Want: pictures(), handler: stream{header: typed(`multipart/x-mixed-replace; boundary="a=b;c:d/e?f"`), parts: delimited("--a=b;c:d/e?f")},
		Doc: "The boundary holds a semicolon, a colon and an equals sign.",
	}, {
		Name: "bnd_short", Want: pictures(), handler: stream{header: typed("multipart/x-mixed-replace; boundary=b"), parts: delimited("--b")},
		Doc: "The boundary is one letter, so that the pixels may hold the delimiter.",
	}, {
		Name: "bnd_long", Want: pictures(), handler: stream{header: typed("multipart/x-mixed-replace; boundary=" + strings.Repeat("b", 200)), parts: delimited("--" + strings.Repeat("b", 200))},
		Doc: "The boundary has 200 characters; 70 are allowed.",
	}, {
		Name: "bnd_mismatch", Want: pictures("boundary-mismatch"), handler: stream{header: typed("multipart/x-mixed-replace; boundary=something_else")},
		Doc: "The delimiter is not what was announced.", Seen: "cameras that FFmpeg and VLC know",
	}, {
		Name: "bnd_bare", Want: pictures("boundary-mismatch"), handler: stream{parts: delimited("--")},
		Doc: "The delimiter is two dashes and nothing else.",
	}, {
		Name: "bnd_changes", Want: pictures("boundary-mismatch"), handler: stream{parts: []string{plainPart, strings.Replace(plainPart, "--frame", "--other", 1)}},
		Doc: "The delimiter is another one for each second picture.",
	}, {
		Name: "bnd_double", Want: pictures("doubled-boundary"), handler: stream{parts: []string{"--frame\r\n" + plainPart}},
		Doc: "The delimiter comes twice in a row.", Seen: "Foscam G2",
	}, {
		Name: "bnd_nofirst", Want: pictures("missing-delimiter"), handler: stream{parts: []string{"Content-Type: image/jpeg\r\nContent-Length: {LEN}\r\n\r\n{PIC}\r\n--frame\r\n"}},
		Doc: "The stream opens with the headers of a part, without a delimiter.", Seen: "Tasmota, ESP32 cameras",
	}, {
		Name: "bnd_nofirst_jpeg", Want: pictures("missing-delimiter", "no-content-length"), handler: stream{parts: []string{"{PIC}\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n"}},
		Doc: "The stream opens with a picture, without delimiter and headers.", Seen: "ESP32 cameras",
	}, {
		Name: "bnd_after", Want: pictures(), handler: stream{before: "--frame\r\n", parts: []string{"Content-Type: image/jpeg\r\nContent-Length: {LEN}\r\n\r\n{PIC}\r\n--frame\r\n"}},
		Doc: "The next delimiter follows each picture at once, for browsers.", Seen: "flask-video-streaming, mjpg-streamer",
	}, {
		Name: "bnd_closed", Want: pictures("doubled-boundary"), handler: stream{parts: []string{plainPart + "--frame--\r\n"}},
		Doc: "The multipart is closed behind each picture, and goes on.",
	}, {
		Name: "bnd_none", Want: pictures("missing-delimiter"), handler: stream{parts: []string{"{PIC}"}},
		Doc: "There are no delimiters and no headers, one picture follows the other.", Seen: "cameras behind a JPEG-pipe CGI",
	}, {
		Name: "ct_missing", Want: pictures("no-boundary"), handler: stream{head: "HTTP/1.1 200 OK\r\n\r\n"},
		Doc: "The answer has no Content-Type.", Seen: "Linksys WVC200",
	}, {
		Name: "ct_octet", Want: pictures("no-boundary"), handler: stream{header: typed("application/octet-stream")},
		Doc: "The answer is labelled application/octet-stream.", Seen: "Canon",
	}, {
		Name: "ct_noboundary", Want: pictures("no-boundary"), handler: stream{header: typed("multipart/x-mixed-replace")},
		Doc: "No boundary is announced.", Seen: "MissionPlanner's cameras",
	}, {
		Name: "ct_empty", Want: pictures("no-boundary"), handler: stream{header: typed("multipart/x-mixed-replace; boundary=")},
		Doc: "The boundary that is announced is empty.",
	}, {
		Name: "ct_mixed", Want: pictures(), handler: stream{header: typed("multipart/mixed; boundary=frame")},
		Doc: "The answer is labelled multipart/mixed.", Seen: "AirLink AIC500",
	}, {
		Name: "ct_jpeg", Want: pictures("no-boundary"), handler: stream{header: typed("image/jpeg")},
		Doc: "A stream is labelled as one picture.", Seen: "cameras with /stream.jpg",
	}, {
		Name: "lf_only", Want: pictures("lf-line-ends"), handler: stream{parts: []string{strings.ReplaceAll(plainPart, "\r\n", "\n")}},
		Doc: "Lines end in LF.", Seen: "cameras that ZoneMinder, FFmpeg and VLC know",
	}, {
		Name: "lf_mixed", Want: pictures("lf-line-ends"), handler: stream{parts: []string{"--frame\nContent-Type: image/jpeg\r\nContent-Length: {LEN}\n\r\n{PIC}\n"}},
		Doc: "Some lines end in LF, some in CRLF.",
	}, {
		Name: "cr_only", Want: pictures("missing-delimiter", "padding-after-eoi", "preamble"), handler: stream{parts: []string{strings.ReplaceAll(plainPart, "\r\n", "\r")}},
		Doc: "Lines end in CR alone.",
	}, {
		Name: "preamble", Want: pictures("preamble"), handler: stream{before: "This is a multipart message.\r\nYour viewer is too old.\r\n\r\n\r\n"},
		Doc: "Text and blank lines come before the first delimiter, as they may.", Seen: "cameras that FFmpeg knows",
	}, {
		Name: "no_crlf", Want: pictures(), handler: stream{parts: []string{strings.TrimSuffix(plainPart, "\r\n")}},
		Doc: "The delimiter follows the picture without a line end.", Seen: "cameras that FFmpeg and ZoneMinder know",
	}, {
		Name: "no_blank", Want: pictures("no-content-length", "no-part-headers"), handler: stream{parts: []string{"--frame\r\n{PIC}\r\n"}},
		Doc: "The picture follows the delimiter's line, without headers and blank line.",
	}, {
		Name: "blanks", Want: pictures(), handler: stream{parts: []string{"\r\n\r\n--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {LEN}\r\n\r\n\r\n\r\n{PIC}\r\n\r\n\r\n"}},
		Doc: "There are blank lines where none should be.",
	}, {
		Name: "junk_soi", Want: pictures("junk-before-picture"), handler: stream{parts: []string{"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {LEN}\r\n\r\n\x00\x01\xff\xd8\x02{PIC}\r\n"}},
		Doc: "Other bytes come before the picture.", Seen: "cameras that Motion knows",
	}, {
		Name: "hdr_long", Want: pictures(), handler: stream{parts: []string{"--frame\r\nX-Tags: " + strings.Repeat("motion=0;", 800) + "\r\nDate: " + strings.Repeat("Thu, 1 Jan 1970 ", 8) + "\r\n" + plainPart[len("--frame\r\n"):]}},
		Doc: "The parts have a header of 7000 bytes, and a long date.", Seen: "D-Link (X-Tags)",
	}, {
		Name: "hdr_fold", Want: pictures(), handler: stream{parts: []string{"--frame\r\nContent-Type:\r\n image/jpeg;\r\n\tname=\"a.jpg\"\r\nContent-Length: {LEN}\r\n\r\n{PIC}\r\n"}},
		Doc: "Header lines of the parts are folded, as RFC 822 allowed.",
	}, {
		Name: "hdr_odd", Want: pictures("junk-before-picture"), handler: stream{parts: []string{"--frame\r\ncontent-TYPE :image/jpeg\r\nX-\xe9t\xe9: caf\xe9\r\nCONTENT-LENGTH:{LEN}\r\n: nothing\r\nno colon\r\n\r\n{PIC}\r\n"}},
		Doc: "The parts have headers in odd case, with spaces, in Latin-1, without a name and without a colon.",
	}, {
		Name: "part_ct", Want: pictures(), handler: stream{parts: partTypes("image/jpg", "image/pjpeg", "image/jpeg;size=160x120", "IMAGE/JPEG", "application/octet-stream", "")},
		Doc: "The pictures are labelled image/jpg, image/pjpeg, with parameters, or not at all.", Seen: "Trendnet TV-IP302PI",
	}, {
		Name: "part_wrong", Want: pictures("wrong-part-type"), handler: stream{parts: partTypes("text/html")},
		Doc: "The pictures are labelled text/html.",
	}, {
		Name: "part_other", Want: pictures("other-parts"), handler: stream{parts: []string{"--frame\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nmotion: no\n\r\n" + plainPart}},
		Doc: "A part of text comes between the pictures.", Seen: "cameras that VLC knows",
	}, {
		Name: "split_every_byte", Want: pictures(), handler: stream{size: tiny, step: 4, send: byteByByte},
		Doc: "Each byte is a write of its own.", Seen: "slow microcontrollers",
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
