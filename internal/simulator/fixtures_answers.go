package simulator

import (
	"fmt"
	"strings"
)

// headed is a stream whose answer begins with these lines, and then those of
// the type.
func headed(lines string) stream { return stream{head: lines + multipart + "\r\n"} }

// lengthened is a stream whose whole answer claims a length.
func lengthened(value string) stream {
	return headed("HTTP/1.1 200 OK\r\nContent-Length: " + value + "\r\n")
}

const chunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"

// answers is what is wrong with the answer's own head and framing.
var answers = []Fixture{
	{
		Name:    "http10",
		Doc:     "The camera speaks HTTP/1.0.",
		Seen:    "mjpg-streamer, µStreamer, motion",
		Want:    pictures(),
		handler: stream{status: "HTTP/1.0 200 OK"},
	},
	{
		Name: "needs_http10",
		Doc:  "The camera refuses a request that is not HTTP/1.0.",
		Seen: "cameras with ZoneMinder's ZM_HTTP_VERSION",
		Want: reason("http-status"),
		handler: handlerFunc(func(x *exchange) error {
			if x.proto != "HTTP/1.0" {
				return x.answer("505 HTTP Version Not Supported", "text/plain", "1.0 only\n")
			}
			return stream{status: "HTTP/1.0 200 OK"}.serve(x)
		}),
	},
	{
		Name:    "chunked",
		Doc:     "The answer is chunked, and a chunk ends within the delimiter.",
		Seen:    "cameras of motionEye and Viseron",
		Want:    pictures(),
		handler: stream{head: chunkedHead + multipart + "\r\n", send: chunkInBoundary, end: lastChunk},
	},
	{
		Name:    "chunked_small",
		Doc:     "The answer comes in chunks of 7 bytes, with leading zeros, capitals and extensions.",
		Want:    pictures(),
		handler: stream{size: tiny, step: 2, head: chunkedHead + multipart + "\r\n", send: chunks(7, "%04X;ext=\"1\"")},
	},
	{
		Name:    "chunked_ends",
		Doc:     "The answer is chunked, and ends properly after eight pictures.",
		Want:    pictures(),
		handler: stream{head: chunkedHead + multipart + "\r\n", send: chunks(1<<20, "%x"), count: 8, end: lastChunk},
	},
	{
		Name:    "te_lies",
		Doc:     "The answer says that it is chunked, and is not.",
		Want:    pictures("malformed-chunks"),
		handler: headed(chunkedHead),
	},
	{
		Name:    "te_http10",
		Doc:     "The answer is chunked, under HTTP/1.0, which knows no chunks.",
		Want:    pictures("malformed-chunks"),
		handler: stream{head: "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n" + multipart + "\r\n", send: chunks(1000, "%x")},
	},
	{
		Name:    "te_odd",
		Doc:     "The answer has a transfer encoding that does not exist.",
		Want:    pictures("malformed-http"),
		handler: headed("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity, binary\r\n"),
	},
	{
		Name:    "status_icy",
		Doc:     "The status line is ICY 200 OK.",
		Seen:    "radio-like servers",
		Want:    pictures("malformed-status-line"),
		handler: headed("ICY 200 OK\r\n"),
	},
	{
		Name:    "status_http",
		Doc:     "The status line has no version.",
		Want:    pictures("malformed-status-line"),
		handler: headed("HTTP 200 OK\r\n"),
	},
	{
		Name:    "status_short",
		Doc:     "The status line has no words.",
		Want:    pictures(),
		handler: headed("HTTP/1.1 200\r\n"),
	},
	{
		Name:    "status_words",
		Doc:     "The status line has no number, and so does not say whether this is a stream.",
		Want:    reason("not-a-camera"),
		handler: headed("HTTP/1.0 OK\r\n"),
	},
	{
		Name:    "status_case",
		Doc:     "The status line is in lower case.",
		Want:    pictures("malformed-status-line"),
		handler: headed("http/1.0 200 ok\r\n"),
	},
	{
		Name:    "status_spaces",
		Doc:     "The status line has two spaces where one should be.",
		Want:    pictures(),
		handler: headed("HTTP/1.1  200  OK\r\n"),
	},
	{
		Name:    "status_none",
		Doc:     "There is no status line; the answer begins with its headers.",
		Want:    pictures("missing-status-line"),
		handler: headed(""),
	},
	{
		Name:    "status_crlf",
		Doc:     "A blank line comes before the status line.",
		Want:    pictures("malformed-http"),
		handler: headed("\r\nHTTP/1.1 200 OK\r\n"),
	},
	{
		Name:    "status_100",
		Doc:     "100 Continue comes before the answer, though nobody asked.",
		Want:    pictures(),
		handler: headed("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"),
	},
	{
		Name:    "head_none",
		Doc:     "There is no head at all: the answer is the multipart.",
		Want:    pictures("missing-status-line", "no-boundary"),
		handler: stream{head: "\r\n"},
	},
	{
		Name:    "head_lf",
		Doc:     "The lines of the answer's head end in LF.",
		Want:    pictures(),
		handler: stream{head: "HTTP/1.1 200 OK\n" + strings.ReplaceAll(multipart, "\r\n", "\n") + "\n"},
	},
	{
		Name:    "head_fold",
		Doc:     "The Content-Type of the answer is folded.",
		Want:    pictures(),
		handler: stream{head: "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;\r\n boundary=frame\r\n\r\n"},
	},
	{
		Name:    "bad_hdr",
		Doc:     "A line of the answer's head has no colon.",
		Seen:    "golang/go#21290",
		Want:    pictures("malformed-header"),
		handler: headed("HTTP/1.1 200 OK\r\nthis is no header\r\n"),
	},
	{
		Name:    "bad_hdr_space",
		Doc:     "Names of the answer's headers hold spaces, or end in one.",
		Seen:    "golang/go#63168",
		Want:    pictures("malformed-header"),
		handler: stream{head: "HTTP/1.1 200 OK\r\nMy Server: x\r\nContent-Type : multipart/x-mixed-replace; boundary=frame\r\n\r\n"},
	},
	{
		Name:    "bad_hdr_bytes",
		Doc:     "The answer's headers hold control characters and Latin-1.",
		Want:    pictures("malformed-header"),
		handler: headed("HTTP/1.1 200 OK\r\nX-Name: \x01\x02\xff\r\nX-\xe9: caf\xe9\r\n"),
	},
	{
		Name:    "bad_hdr_first",
		Doc:     "The first header of the answer begins with a space.",
		Want:    pictures("malformed-header"),
		handler: headed("HTTP/1.1 200 OK\r\n Server: x\r\n"),
	},
	{
		Name:    "cl_answer",
		Doc:     "The whole endless answer claims to have 5000 bytes.",
		Want:    pictures("stray-content-length"),
		handler: lengthened("5000"),
	},
	{
		Name:    "cl_answer_zero",
		Doc:     "The whole endless answer claims to have no bytes.",
		Want:    pictures("stray-content-length"),
		handler: lengthened("0"),
	},
	{
		Name:    "cl_answer_bad",
		Doc:     "The whole answer claims to have -1 bytes.",
		Want:    pictures("malformed-http"),
		handler: lengthened("-1"),
	},
	{
		Name:    "cl_answer_huge",
		Doc:     "The whole answer claims to have more bytes than there are in the world.",
		Want:    pictures("malformed-http"),
		handler: lengthened("9999999999999999999999"),
	},
	{
		Name:    "cl_answer_twice",
		Doc:     "The whole answer claims to have both 100 and 200 bytes.",
		Want:    pictures("malformed-http"),
		handler: lengthened("100\r\nContent-Length: 200"),
	},
	{
		Name:    "ua",
		Doc:     "The camera refuses a request without User-Agent.",
		Seen:    "cameras with ZoneMinder's ZM_HTTP_UA",
		Want:    pictures(),
		handler: demand("user-agent", func(v string) bool { return v != "" }),
	},
	{
		Name:    "conn_close",
		Doc:     "The camera refuses a request without Connection: close.",
		Seen:    "D-Link",
		Want:    pictures(),
		handler: demand("connection", isClose),
	},
	{
		Name:    "conn_close_login",
		Doc:     "The camera asks for a login, and hangs up on a request without Connection: close.",
		Seen:    "D-Link",
		Want:    pictures("needs-connection-close"),
		options: credentials,
		handler: handlerFunc(func(x *exchange) error {
			if x.keeps() {
				return errClose
			}
			return basic("camera", stream{}).serve(x)
		}),
	},
	{
		Name:   "raw_url",
		Doc:    "The address holds bare per-cent signs, several question marks, && and //, and must come as it is.",
		Seen:   "Arecont, Goscam, Toshiba",
		Want:   pictures(),
		target: rawTarget,
		handler: handlerFunc(func(x *exchange) error {
			if x.target != rawTarget {
				return x.answer("404 Not Found", "text/plain", fmt.Sprintf("not %q\n", x.target))
			}
			return stream{}.serve(x)
		}),
	},
}

const rawTarget = "/raw_url//a/../b;c=1?x0=0&x1=100%&y1=100%25&&&10?Video?Acc=USER?d=%zz+%2F&=&'()*[]"

func isClose(v string) bool { return strings.EqualFold(v, "close") }

// demand is a camera that refuses a request without a certain header.
func demand(name string, ok func(value string) bool) handler {
	return handlerFunc(func(x *exchange) error {
		if !ok(x.get(name)) {
			return x.answer("400 Bad Request", "text/plain", "The header "+name+" is missing.\n")
		}
		return stream{}.serve(x)
	})
}
