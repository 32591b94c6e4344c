package simulator

import (
	"fmt"
	"strings"
)

// lengthed is a stream whose Content-Length of n bytes is made by format.
func lengthed(format string, change func(n int) int) stream {
	return stream{length: func(n, _ int) string { return fmt.Sprintf(format, change(n)) }}
}

func plus(d int) func(int) int { return func(n int) int { return n + d } }

// large is a stream of pictures of more than 64 KB.
func large(length func(n, i int) string) stream {
	return stream{picture: each(func(b []byte) []byte { return padded(b, 70_000) }), length: length}
}

// evilLengths are what no Content-Length should be.
var evilLengths = []string{
	"-1", "99999999999999999999999", "4294967295", "2147483648", "0x7fff", "12 34", "+100", "1e3", "", "abc", "3441,3441", "\xff\xfe",
}

// hints is what is wrong with the lengths and times of the parts.
var hints = []Fixture{
	{
		Name:    "cl_missing",
		Doc:     "The parts have no Content-Length.",
		Seen:    "flask-video-streaming, Mobotix, FFmpeg",
		Want:    pictures("no-content-length"),
		handler: stream{parts: []string{barePart}},
	},
	{
		Name:    "cl_missing_advance",
		Doc:     "The delimiter and the headers of the next part follow each picture at once, without a length.",
		Seen:    "µStreamer (advance_headers)",
		Want:    pictures("no-content-length"),
		handler: stream{before: "--frame\r\nContent-Type: image/jpeg\r\n\r\n", parts: []string{"{PIC}\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n"}},
	},
	{
		Name:    "cl_larger",
		Doc:     "The Content-Length is 500 too large.",
		Seen:    "cameras of OctoPrint-Obico",
		Want:    pictures("wrong-content-length"),
		handler: lengthed("%d", plus(500)),
	},
	{
		Name:    "cl_smaller",
		Doc:     "The Content-Length is 500 too small.",
		Seen:    "cameras of hybridgroup/mjpeg",
		Want:    pictures("wrong-content-length"),
		handler: lengthed("%d", plus(-500)),
	},
	{
		Name:    "cl_crlf",
		Doc:     "The Content-Length counts the line end behind the picture.",
		Want:    pictures(),
		handler: lengthed("%d", plus(2)),
	},
	{
		Name:    "cl_zero",
		Doc:     "The Content-Length is 0.",
		Want:    pictures("malformed-content-length"),
		handler: lengthed("%d", func(int) int { return 0 }),
	},
	{
		Name:    "cl_spaces",
		Doc:     "The Content-Length is padded with spaces.",
		Seen:    "motion 5",
		Want:    pictures(),
		handler: lengthed("  %9d \t", plus(0)),
	},
	{
		Name:    "cl_zeros",
		Doc:     "The Content-Length has leading zeros.",
		Want:    pictures(),
		handler: lengthed("%012d", plus(0)),
	},
	{
		Name:    "cl_evil",
		Doc:     "The Content-Length is negative, huge, hexadecimal, empty or no number.",
		Seen:    "D-Link DCS-930; CVE-2016-10190",
		Want:    pictures("malformed-content-length"),
		handler: stream{length: func(_, i int) string { return evilLengths[i%len(evilLengths)] }},
	},
	{
		Name:    "cl_huge",
		Doc:     "The Content-Length says 15 MB, which might be.",
		Want:    pictures("wrong-content-length"),
		handler: lengthed("%d", func(int) int { return 15_000_000 }),
	},
	{
		Name:    "cl_overflow",
		Doc:     "The Content-Length of pictures over 64 KB is counted in 16 bits.",
		Want:    pictures("wrong-content-length"),
		handler: large(func(n, _ int) string { return fmt.Sprint(n % 65536) }),
	},
	{
		Name:    "cl_negative16",
		Doc:     "The Content-Length overflows a signed 16-bit number.",
		Want:    pictures("malformed-content-length"),
		handler: large(func(n, _ int) string { return fmt.Sprint(n%32768 - 32768) }),
	},
	{
		Name:    "cl_twice",
		Doc:     "Two Content-Lengths contradict each other.",
		Want:    pictures("wrong-content-length"),
		handler: stream{parts: []string{"--frame\r\nContent-Length: {LEN}\r\nContent-Type: image/jpeg\r\nContent-Length: 77\r\n\r\n{PIC}\r\n"}},
	},
	{
		Name: "cl_previous",
		Doc:  "The Content-Length is that of the picture before.",
		Want: pictures("wrong-content-length"),
		handler: stream{
			picture: func(b []byte, i int) []byte { return padded(b, 400*(i%3+1)) },
			length:  func(n, i int) string { return fmt.Sprint(n + 400*((i+2)%3-i%3)) },
		},
	},
	{
		Name: "cl_lies_late",
		Doc:  "The Content-Length is right for eight pictures of 70 KB, and then half too large.",
		Want: pictures("wrong-content-length"),
		handler: large(func(n, i int) string {
			if i < 8 {
				return fmt.Sprint(n)
			}
			return fmt.Sprint(n + n/2)
		}),
	},
	{
		Name:    "cl_large",
		Doc:     "Pictures of 70 KB with the right length.",
		Want:    pictures(),
		handler: large(nil),
	},
	{
		Name:    "ts",
		Doc:     "The parts have an X-Timestamp.",
		Seen:    "mjpg-streamer, µStreamer",
		Want:    pictures(),
		handler: stream{parts: []string{strings.Replace(plainPart, "\r\n\r\n", "\r\nX-Timestamp: {TIME}\r\n\r\n", 1)}},
	},
	{
		Name:    "ts_odd",
		Doc:     "The X-Timestamp goes backwards, is years off, or is no number.",
		Seen:    "mjpg-streamer",
		Want:    pictures(),
		handler: stream{parts: stamped("1700000000.5", "1699999999.5", "0.000000", "-5", "nan", "1e300", "yesterday", "")},
	},
}

// stamped are parts with these times.
func stamped(times ...string) []string {
	var all []string
	for _, t := range times {
		all = append(all, strings.Replace(plainPart, "\r\n\r\n", "\r\nX-Timestamp: "+t+"\r\n\r\n", 1))
	}
	return all
}
