package simulator

import "time"

const (
	loginPage = "<!DOCTYPE html>\n<html><head><title>Login</title></head>\n<body><form action=\"login.cgi\">User <input name=\"user\">\n" +
		"Password <input name=\"pwd\" type=\"password\"></form></body></html>\n"
	busyPage = "<html><body><h1>Camera in use</h1><p>Another client is connected. Please try again later.</p></body></html>\n"
)

// page is a camera that answers with a text.
func page(status, contentType, text string) handler {
	return handlerFunc(func(x *exchange) error { return x.answer(status, contentType, text) })
}

// pausing makes a pause function that waits before picture i.
func pausing(i int, d time.Duration) func(x *exchange, i int) error {
	return func(x *exchange, at int) error {
		if at == i {
			return sleep(x.ctx, d)
		}
		return nil
	}
}

// half sends the beginning of a part, and then ends as it is told.
func half(then func(x *exchange) error) func(x *exchange) error {
	return func(x *exchange) error {
		n := x.film.now()
		part := stream{}.part(x, 0, n)
		if err := x.write(part[:len(part)/2]); err != nil {
			return err
		}
		return then(x)
	}
}

func closed(*exchange) error { return errClose }

// drip sends one byte a second and never a picture.
var drip = handlerFunc(func(x *exchange) error {
	if err := x.writeString(stream{}.answerHead() + "--frame\r\nContent-Type: image/jpeg\r\nX-Slow: "); err != nil {
		return err
	}
	for {
		if err := sleep(x.ctx, time.Second); err != nil {
			return err
		}
		if err := x.writeString("."); err != nil {
			return err
		}
	}
})

// single serves one viewer and turns others away.
var single = handlerFunc(func(x *exchange) error {
	if x.others > 0 {
		x.book.note(func(c *counts) { c.Refused++ })
		return x.answer("503 Service Unavailable", "text/plain", "One viewer at a time.\n")
	}
	return stream{}.serve(x)
})

// connections is what goes wrong with the connection, or instead of a stream.
var connections = []Fixture{
	{
		Name:    "single",
		Doc:     "The camera serves one viewer at a time, and answers 503 to others.",
		Seen:    "ESP32-CAM, DroidCam",
		Want:    once(),
		handler: single,
	},
	{
		Name:    "busy",
		Doc:     "The camera answers 503.",
		Seen:    "ESP32-CAM",
		Want:    reason("busy"),
		handler: page("503 Service Unavailable", "text/plain", "busy\n"),
	},
	{
		Name:    "busy_html",
		Doc:     "The camera says on a web page that it is in use.",
		Seen:    "DroidCam",
		Want:    reason("busy", "not-a-camera"),
		handler: page("200 OK", "text/html", busyPage),
	},
	{
		Name:    "html",
		Doc:     "A login page answers instead of a stream.",
		Seen:    "cameras of motionEye#1130",
		Want:    reason("not-a-camera"),
		handler: page("200 OK", "text/html; charset=utf-8", loginPage),
	},
	{
		Name:    "text",
		Doc:     "A line of text answers instead of a stream.",
		Want:    reason("not-a-camera"),
		handler: page("200 OK", "text/plain", "Error -7\r\n"),
	},
	{
		Name:    "nothing",
		Doc:     "The answer has no bytes.",
		Want:    reason("not-a-camera"),
		handler: page("200 OK", "image/jpeg", ""),
	},
	{
		Name:    "no_content",
		Doc:     "The camera answers 204.",
		Want:    reason("http-status", "not-a-camera"),
		handler: page("204 No Content", "", ""),
	},
	{
		Name:    "missing",
		Doc:     "There is nothing at the address.",
		Want:    reason("not-found"),
		handler: page("404 Not Found", "text/html", "<h1>404</h1>\n"),
	},
	{
		Name:    "error",
		Doc:     "The camera answers 500.",
		Want:    reason("http-status"),
		handler: page("500 Internal Server Error", "text/html", "<h1>500</h1>\n"),
	},
	{
		Name:    "no_answer",
		Doc:     "The camera closes the connection without an answer.",
		Want:    reason("connection-lost"),
		handler: handlerFunc(closed),
	},
	{
		Name: "not_http",
		Doc:  "Something other than HTTP answers.",
		Want: reason("not-a-camera"),
		handler: handlerFunc(func(x *exchange) error {
			if err := x.writeString("SSH-2.0-dropbear\r\n"); err != nil {
				return err
			}
			return errClose
		}),
	},
	{
		Name:    "stall",
		Doc:     "The camera takes the request and never answers.",
		Seen:    "cameras that reboot",
		Want:    reason("stalled", "timeout"),
		handler: handlerFunc(silence),
	},
	{
		Name:    "stall_head",
		Doc:     "The camera stops within the head of its answer.",
		Want:    reason("stalled", "timeout"),
		handler: stream{count: 1, flood: true, head: "HTTP/1.1 200 OK\r\nContent-Ty", send: func(x *exchange, _ []byte) error { return silence(x) }},
	},
	{
		Name:    "stall_body",
		Doc:     "The camera begins its answer and sends no picture.",
		Want:    reason("stalled", "timeout"),
		handler: stream{count: 1, flood: true, send: func(x *exchange, _ []byte) error { return silence(x) }},
	},
	{
		Name:    "stall_picture",
		Doc:     "The camera sends three pictures and stops within the fourth.",
		Want:    reason("stalled", "timeout"),
		handler: stream{count: 3, end: half(silence)},
	},
	{
		Name:    "drip",
		Doc:     "The camera sends a byte a second, and no picture.",
		Want:    reason("no-picture"),
		handler: drip,
	},
	{
		Name:    "close_n",
		Doc:     "The camera closes the connection after four pictures.",
		Seen:    "Tuya, ESP32 cameras",
		Want:    pictures(),
		handler: stream{count: 4},
	},
	{
		Name:    "close_1",
		Doc:     "The camera closes the connection after each picture.",
		Want:    pictures(),
		handler: stream{count: 1},
	},
	{
		Name:    "close_within",
		Doc:     "The camera closes the connection within the fifth picture.",
		Want:    pictures("truncated-picture"),
		handler: stream{count: 4, end: half(closed)},
	},
	{
		Name:    "reset",
		Doc:     "The camera resets the connection after four pictures.",
		Want:    pictures(),
		handler: stream{count: 4, end: reset},
	},
	{
		Name:    "gap",
		Doc:     "The camera is silent for 4 s after three pictures, and goes on.",
		Seen:    "motion (one picture a second), µStreamer (drop-same-frames)",
		Want:    once(),
		handler: stream{pause: pausing(3, 4*time.Second)},
	},
	{
		Name:    "slow",
		Doc:     "The camera sends a picture every 1.2 s.",
		Want:    once(),
		handler: stream{step: 12},
	},
}
