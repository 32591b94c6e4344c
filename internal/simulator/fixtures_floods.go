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
		Name:    "endless_head",
		Doc:     "The head of the answer has no end.",
		Want:    reason("too-large"),
		handler: endless("HTTP/1.1 200 OK\r\n", "X-More: of this\r\n"),
	},
	{
		Name:    "endless_head_line",
		Doc:     "A line of the head of the answer has no end.",
		Want:    reason("too-large"),
		handler: endless("HTTP/1.1 200 OK\r\nX-More: ", "x"),
	},
	{
		Name:    "endless_status",
		Doc:     "The status line has no end.",
		Want:    reason("too-large", "not-a-camera"),
		handler: endless("HTTP/1.1 200 ", "OK "),
	},
	{
		Name:    "endless_header",
		Doc:     "The headers of a part have no end.",
		Want:    reason("too-large"),
		handler: endless(stream{}.answerHead()+"--frame\r\n", "X-More: of this\r\n"),
	},
	{
		Name:    "endless_line",
		Doc:     "A header line of a part has no end.",
		Want:    reason("too-large"),
		handler: endless(stream{}.answerHead()+"--frame\r\nX-More: ", "x"),
	},
	{
		Name:    "endless_text",
		Doc:     "Text comes without end.",
		Want:    reason("not-a-camera"),
		handler: endless(stream{}.answerHead(), "This is no picture.\r\n"),
	},
	{
		Name:    "endless_noise",
		Doc:     "Bytes that are no text and no picture come without end.",
		Want:    reason("not-a-camera", "broken-pictures"),
		handler: endless(stream{}.answerHead(), "\x47\x40\x11\x10\x00\xff\xd8\xfe\xff\xfa\xd8"),
	},
	{
		Name:    "endless_picture",
		Doc:     "The pixels of a picture have no end.",
		Want:    reason("too-large"),
		handler: endless(stream{}.answerHead()+"--frame\r\nContent-Type: image/jpeg\r\n\r\n"+scan, strings.Repeat("\x12\x34\xff\x00", 64)),
	},
	{
		Name:    "endless_segments",
		Doc:     "The metadata of a picture has no end.",
		Want:    reason("too-large"),
		options: map[string]any{"max_frame_bytes": 1 << 20},
		handler: endless(stream{}.answerHead()+"--frame\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8", string(segment(mAPPF, make([]byte, 60_000)))),
	},
	{
		Name:    "endless_chunk",
		Doc:     "The size of a chunk has no end.",
		Want:    reason("too-large", "not-a-camera", "connection-lost"),
		handler: endless(chunkedHead+multipart+"\r\n", "1"),
	},
	{
		Name:    "endless_delimiters",
		Doc:     "Delimiters come without end, and nothing between them.",
		Want:    reason("too-large", "not-a-camera"),
		handler: endless(stream{}.answerHead(), "--frame\r\n"),
	},
	{
		Name:    "endless_starts",
		Doc:     "Pictures begin without end.",
		Want:    reason("broken-pictures"),
		handler: endless(stream{}.answerHead(), "\xff\xd8\xff"),
	},
}
