package simulator

import (
	"fmt"
	"maps"
	"strconv"
)

// moved sends to where the function says, except at the step "there", which is
// the stream.
func moved(status string, to func(x *exchange) string) handler {
	return handlerFunc(func(x *exchange) error {
		if x.step() == "there" {
			return stream{}.serve(x)
		}
		return x.answer(status, "text/html", "It is elsewhere.\n", "Location: "+to(x)+"\r\n")
	})
}

// hops redirects n times before the stream.
func hops(n int) handler {
	return handlerFunc(func(x *exchange) error {
		at, _ := strconv.Atoi(x.step()) // 0 for none
		if at == n {
			return stream{}.serve(x)
		}
		return x.answer("302 Found", "", "", fmt.Sprintf("Location: /%s/%d\r\n", x.fixture.Name, at+1))
	})
}

// elsewhere redirects to another door or scheme, where no credentials must
// come. A viewer that sends them there gets no pictures, and is counted.
func elsewhere(d door, scheme string, then handler) handler {
	return handlerFunc(func(x *exchange) error {
		if x.door != d || x.secure != (scheme == "https") {
			return then.serve(x)
		}
		if x.get("authorization") != "" || x.get("x-key") != "" {
			x.book.note(func(c *counts) { c.Leaks++ })
			return x.answer("200 OK", "text/plain", "These credentials are not for me.\n")
		}
		return stream{}.serve(x)
	})
}

// sendTo redirects to the same camera at another door.
func sendTo(d door, scheme string) handler {
	return moved("302 Found", func(x *exchange) string { return x.url(scheme, d, x.target) })
}

// with returns options with one more.
func with(options map[string]any, name string, value any) map[string]any {
	all := maps.Clone(options)
	if all == nil {
		all = make(map[string]any)
	}
	all[name] = value
	return all
}

// redirects is where the pictures are instead.
var redirects = []Fixture{
	{
		Name: "redirect", Want: pictures(), handler: moved("302 Found", func(x *exchange) string { return "/redirect/there" }),
		Doc: "The pictures are at another path.",
	}, {
		Name: "redirect_relative", Want: pictures(), target: "/redirect_relative/here?x=1", handler: moved("307 Temporary Redirect", func(x *exchange) string { return "there?y=100%&z" }),
		Doc: "The address of the pictures is a relative one.",
	}, {
		Name: "redirect_absolute", Want: pictures(), handler: moved("301 Moved Permanently", func(x *exchange) string { return x.url("http", x.door, "/redirect_absolute/there") }),
		Doc: "The address of the pictures is a whole one.",
	}, {
		Name: "redirect_login", Want: pictures(), options: credentials, handler: handlerFunc(func(x *exchange) error {
			if x.step() == "there" {
				return basic("camera", stream{}).serve(x)
			}
			return x.answer("302 Found", "text/html", "It is elsewhere.\n", "Location: /redirect_login/there\r\n")
		}),
		Doc: "The pictures are at another path, and that asks for a login.",
	}, {
		Name: "redirect_port", Want: pictures(), handler: elsewhere(otherDoor, "http", sendTo(otherDoor, "http")),
		Doc: "The pictures are at another port.",
	}, {
		Name: "redirect_port_login", Want: pictures(), options: with(credentials, "headers", map[string]string{"X-Key": "secret"}),
		handler: elsewhere(otherDoor, "http", basic("camera", sendTo(otherDoor, "http"))),
		Doc:     "The pictures are at another port, behind a login that is not for there.",
	}, {
		Name: "redirect_https", Want: pictures(), options: map[string]any{"tls_insecure": true}, handler: elsewhere(mainDoor, "https", sendTo(mainDoor, "https")),
		Doc: "The pictures are to be had with TLS only.",
	}, {
		Name: "redirect_5", Want: pictures(), handler: hops(5),
		Doc: "The pictures are five redirects away.",
	}, {
		Name: "redirect_6", Want: reason("redirect"), handler: hops(6),
		Doc: "The pictures are six redirects away, which is too far.",
	}, {
		Name: "redirect_loop", Want: reason("redirect"), handler: moved("302 Found", func(x *exchange) string { return x.target }),
		Doc: "The redirect leads to itself.",
	}, {
		Name: "redirect_nowhere", Want: reason("redirect"), handler: handlerFunc(func(x *exchange) error {
			return x.answer("302 Found", "text/html", "It is elsewhere.\n")
		}),
		Doc: "The redirect does not say where to.",
	}, {
		Name: "redirect_rtsp", Want: reason("redirect"), handler: moved("302 Found", func(x *exchange) string { return "rtsp://127.0.0.1/there" }),
		Doc: "The redirect leads to RTSP.",
	}, {
		Name: "tls", Want: pictures(), secure: true, options: map[string]any{"tls_insecure": true}, handler: stream{},
		Doc: "The camera has signed its certificate itself, and the user accepts that.",
	}, {
		Name: "tls_login", Want: pictures(), secure: true, options: with(credentials, "tls_insecure", true), handler: digest{qop: "auth", then: stream{}},
		Doc: "The same with a Digest login.",
	}, {
		Name: "tls_strict", Want: reason("tls"), secure: true, handler: stream{},
		Doc: "The camera has signed its certificate itself, and the user does not accept that.",
	}, {
		Name: "tls_old", Want: pictures(), secure: true, door: oldDoor, options: map[string]any{"tls_insecure": true}, handler: stream{},
		Doc: "The camera knows TLS 1.0 and old ciphers only.",
	}, {
		Name: "tls_plain", Want: reason("tls", "http-status", "not-a-camera", "connection-lost"), door: oldDoor, handler: stream{},
		Doc: "The camera speaks TLS, and the address says http.",
	},
}
