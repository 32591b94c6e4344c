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
		Name: "http10", Want: pictures(), handler: stream{status: "HTTP/1.0 200 OK"},
		Doc: "The camera speaks HTTP/1.0.", Seen: "mjpg-streamer, µStreamer, motion",
	}, {
		Name: "needs_http10", Want: reason("http-status"), handler: handlerFunc(func(x *exchange) error {
			if x.proto != "HTTP/1.0" {
				return x.answer("505 HTTP Version Not Supported", "text/plain", "1.0 only\n")
			}
			return stream{status: "HTTP/1.0 200 OK"}.serve(x)
		}),
		Doc: "The camera refuses a request that is not HTTP/1.0.", Seen: "cameras with ZoneMinder's ZM_HTTP_VERSION",
	}, {
		Name: "chunked", Want: pictures(), handler: stream{head: chunkedHead + multipart + "\r\n", send: chunkInBoundary, end: lastChunk},
		Doc: "The answer is chunked, and a chunk ends within the delimiter.", Seen: "cameras of motionEye and Viseron",
	}, {
		Name: "chunked_small", Want: pictures(), handler: stream{size: tiny, step: 2, head: chunkedHead + multipart + "\r\n", send: chunks(7, "%04X;ext=\"1\"")},
		Doc: "The answer comes in chunks of 7 bytes, with leading zeros, capitals and extensions.",
	}, {
		Name: "chunked_ends", Want: pictures(), handler: stream{head: chunkedHead + multipart + "\r\n", send: chunks(1<<20, "%x"), count: 8, end: lastChunk},
		Doc: "The answer is chunked, and ends properly after eight pictures.",
	}, {
		Name: "te_lies", Want: pictures(), handler: headed(chunkedHead),
		Doc: "The answer says that it is chunked, and is not.",
	}, {
		Name: "te_http10", Want: pictures(), handler: stream{head: "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n" + multipart + "\r\n", send: chunks(1000, "%x")},
		Doc: "The answer is chunked, under HTTP/1.0, which knows no chunks.",
	}, {
		Name: "te_odd", Want: pictures(), handler: headed("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity, binary\r\n"),
		Doc: "The answer has a transfer encoding that does not exist.",
	}, {
		Name: "status_icy", Want: pictures(), handler: headed("ICY 200 OK\r\n"),
		Doc: "The status line is ICY 200 OK.", Seen: "radio-like servers",
	}, {
		Name: "status_http", Want: pictures(), handler: headed("HTTP 200 OK\r\n"),
		Doc: "The status line has no version.",
	}, {
		Name: "status_short", Want: pictures(), handler: headed("HTTP/1.1 200\r\n"),
		Doc: "The status line has no words.",
	}, {
		Name: "status_words", Want: pictures(), handler: headed("HTTP/1.0 OK\r\n"),
		Doc: "The status line has no number.",
	}, {
		Name: "status_case", Want: pictures(), handler: headed("http/1.0 200 ok\r\n"),
		Doc: "The status line is in lower case.",
	}, {
		Name: "status_spaces", Want: pictures(), handler: headed("HTTP/1.1  200  OK\r\n"),
		Doc: "The status line has two spaces where one should be.",
	}, {
		Name: "status_none", Want: pictures(), handler: headed(""),
		Doc: "There is no status line; the answer begins with its headers.",
	}, {
		Name: "status_crlf", Want: pictures(), handler: headed("\r\nHTTP/1.1 200 OK\r\n"),
		Doc: "A blank line comes before the status line.",
	}, {
		Name: "status_100", Want: pictures(), handler: headed("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"),
		Doc: "100 Continue comes before the answer, though nobody asked.",
	}, {
		Name: "head_none", Want: pictures(), handler: stream{head: "\r\n"},
		Doc: "There is no head at all: the answer is the multipart.",
	}, {
		Name: "head_lf", Want: pictures(), handler: stream{head: "HTTP/1.1 200 OK\n" + strings.ReplaceAll(multipart, "\r\n", "\n") + "\n"},
		Doc: "The lines of the answer's head end in LF.",
	}, {
		Name: "head_fold", Want: pictures(), handler: stream{head: "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;\r\n boundary=frame\r\n\r\n"},
		Doc: "The Content-Type of the answer is folded.",
	}, {
		Name: "bad_hdr", Want: pictures(), handler: headed("HTTP/1.1 200 OK\r\nthis is no header\r\n"),
		Doc: "A line of the answer's head has no colon.", Seen: "golang/go#21290",
	}, {
		Name: "bad_hdr_space", Want: pictures(), handler: stream{head: "HTTP/1.1 200 OK\r\nMy Server: x\r\nContent-Type : multipart/x-mixed-replace; boundary=frame\r\n\r\n"},
		Doc: "Names of the answer's headers hold spaces, or end in one.", Seen: "golang/go#63168",
	}, {
		Name: "bad_hdr_bytes", Want: pictures(), handler: headed("HTTP/1.1 200 OK\r\nX-Name: \x01\x02\xff\r\nX-\xe9: caf\xe9\r\n"),
		Doc: "The answer's headers hold control characters and Latin-1.",
	}, {
		Name: "bad_hdr_first", Want: pictures(), handler: headed("HTTP/1.1 200 OK\r\n Server: x\r\n"),
		Doc: "The first header of the answer begins with a space.",
	}, {
		Name: "cl_answer", Want: pictures(), handler: lengthened("5000"),
		Doc: "The whole endless answer claims to have 5000 bytes.",
	}, {
		Name: "cl_answer_zero", Want: pictures(), handler: lengthened("0"),
		Doc: "The whole endless answer claims to have no bytes.",
	}, {
		Name: "cl_answer_bad", Want: pictures(), handler: lengthened("-1"),
		Doc: "The whole answer claims to have -1 bytes.",
	}, {
		Name: "cl_answer_huge", Want: pictures(), handler: lengthened("9999999999999999999999"),
		Doc: "The whole answer claims to have more bytes than there are in the world.",
	}, {
		Name: "cl_answer_twice", Want: pictures(), handler: lengthened("100\r\nContent-Length: 200"),
		Doc: "The whole answer claims to have both 100 and 200 bytes.",
	}, {
		Name: "ua", Want: pictures(), handler: demand("user-agent", func(v string) bool { return v != "" }),
		Doc: "The camera refuses a request without User-Agent.", Seen: "cameras with ZoneMinder's ZM_HTTP_UA",
	}, {
		Name: "conn_close", Want: pictures(), handler: demand("connection", isClose),
		Doc: "The camera refuses a request without Connection: close.", Seen: "D-Link",
	}, {
		Name: "conn_close_login", Want: pictures(), options: credentials, handler: handlerFunc(func(x *exchange) error {
			if x.keeps() {
				return errClose
			}
			return basic("camera", stream{}).serve(x)
		}),
		Doc: "The camera asks for a login, and hangs up on a request without Connection: close.", Seen: "D-Link",
	}, {
		Name: "raw_url", Want: pictures(), target: rawTarget, handler: handlerFunc(func(x *exchange) error {
			if x.target != rawTarget {
				return x.answer("404 Not Found", "text/plain", fmt.Sprintf("not %q\n", x.target))
			}
			return stream{}.serve(x)
		}),
		Doc: "The address holds bare per-cent signs, several question marks, && and //, and must come as it is.", Seen: "Arecont, Goscam, Toshiba",
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
