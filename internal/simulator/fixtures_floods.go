package simulator

import "strings"

// scan is a picture up to some of its pixels.
var scan = func() string {
	b := encode(1, usual)
	return string(b[:len(b)-2])
}()

// floods are cameras that send without end, and no picture.
var floods = []Fixture{
	{
		Name: "endless_head", Want: reason("too-large"), handler: endless("HTTP/1.1 200 OK\r\n", "X-More: of this\r\n"),
		Doc: "The head of the answer has no end.",
	}, {
		Name: "endless_head_line", Want: reason("too-large"), handler: endless("HTTP/1.1 200 OK\r\nX-More: ", "x"),
		Doc: "A line of the head of the answer has no end.",
	}, {
		Name: "endless_status", Want: reason("too-large", "not-a-camera"), handler: endless("HTTP/1.1 200 ", "OK "),
		Doc: "The status line has no end.",
	}, {
		Name: "endless_header", Want: reason("too-large"), handler: endless(stream{}.answerHead()+"--frame\r\n", "X-More: of this\r\n"),
		Doc: "The headers of a part have no end.",
	}, {
		Name: "endless_line", Want: reason("too-large"), handler: endless(stream{}.answerHead()+"--frame\r\nX-More: ", "x"),
		Doc: "A header line of a part has no end.",
	}, {
		Name: "endless_text", Want: reason("not-a-camera"), handler: endless(stream{}.answerHead(), "This is no picture.\r\n"),
		Doc: "Text comes without end.",
	}, {
		Name: "endless_noise", Want: reason("not-a-camera", "broken-pictures"), handler: endless(stream{}.answerHead(), "\x47\x40\x11\x10\x00\xff\xd8\xfe\xff\xfa\xd8"),
		Doc: "Bytes that are no text and no picture come without end.",
	}, {
		Name: "endless_picture", Want: reason("too-large"), handler: endless(stream{}.answerHead()+"--frame\r\nContent-Type: image/jpeg\r\n\r\n"+scan, strings.Repeat("\x12\x34\xff\x00", 64)),
		Doc: "The pixels of a picture have no end.",
	}, {
		Name: "endless_segments", Want: reason("too-large"), options: map[string]any{"max_frame_bytes": 1 << 20}, handler: endless(stream{}.answerHead()+"--frame\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8", string(segment(mAPPF, make([]byte, 60_000)))),
		Doc: "The metadata of a picture has no end.",
	}, {
		Name: "endless_chunk", Want: reason("too-large", "not-a-camera", "connection-lost"), handler: endless(chunkedHead+multipart+"\r\n", "1"),
		Doc: "The size of a chunk has no end.",
	}, {
		Name: "endless_delimiters", Want: reason("too-large", "not-a-camera"), handler: endless(stream{}.answerHead(), "--frame\r\n"),
		Doc: "Delimiters come without end, and nothing between them.",
	}, {
		Name: "endless_starts", Want: reason("broken-pictures"), handler: endless(stream{}.answerHead(), "\xff\xd8\xff"),
		Doc: "Pictures begin without end.",
	},
}
