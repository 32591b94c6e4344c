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
		Name:    "redirect",
		Doc:     "The pictures are at another path.",
		Want:    pictures(),
		handler: moved("302 Found", func(x *exchange) string { return "/redirect/there" }),
	},
	{
		Name:    "redirect_relative",
		Doc:     "The address of the pictures is a relative one.",
		Want:    pictures(),
		target:  "/redirect_relative/here?x=1",
		handler: moved("307 Temporary Redirect", func(x *exchange) string { return "there?y=100%&z" }),
	},
	{
		Name:    "redirect_absolute",
		Doc:     "The address of the pictures is a whole one.",
		Want:    pictures(),
		handler: moved("301 Moved Permanently", func(x *exchange) string { return x.url("http", x.door, "/redirect_absolute/there") }),
	},
	{
		Name:    "redirect_login",
		Doc:     "The pictures are at another path, and that asks for a login.",
		Want:    pictures(),
		options: credentials,
		handler: handlerFunc(func(x *exchange) error {
			if x.step() == "there" {
				return basic("camera", stream{}).serve(x)
			}
			return x.answer("302 Found", "text/html", "It is elsewhere.\n", "Location: /redirect_login/there\r\n")
		}),
	},
	{
		Name:    "redirect_port",
		Doc:     "The pictures are at another port.",
		Want:    pictures(),
		handler: elsewhere(otherDoor, "http", sendTo(otherDoor, "http")),
	},
	{
		Name:    "redirect_port_login",
		Doc:     "The pictures are at another port, behind a login that is not for there.",
		Want:    pictures(),
		options: with(credentials, "headers", map[string]string{"X-Key": "secret"}),
		handler: elsewhere(otherDoor, "http", basic("camera", sendTo(otherDoor, "http"))),
	},
	{
		Name:    "redirect_https",
		Doc:     "The pictures are to be had with TLS only.",
		Want:    pictures(),
		options: map[string]any{"tls_insecure": true},
		handler: elsewhere(mainDoor, "https", sendTo(mainDoor, "https")),
	},
	{
		Name:    "redirect_5",
		Doc:     "The pictures are five redirects away.",
		Want:    pictures(),
		handler: hops(5),
	},
	{
		Name:    "redirect_6",
		Doc:     "The pictures are six redirects away, which is too far.",
		Want:    reason("redirect"),
		handler: hops(6),
	},
	{
		Name:    "redirect_loop",
		Doc:     "The redirect leads to itself.",
		Want:    reason("redirect"),
		handler: moved("302 Found", func(x *exchange) string { return x.target }),
	},
	{
		Name: "redirect_nowhere",
		Doc:  "The redirect does not say where to.",
		Want: reason("redirect"),
		handler: handlerFunc(func(x *exchange) error {
			return x.answer("302 Found", "text/html", "It is elsewhere.\n")
		}),
	},
	{
		Name:    "redirect_rtsp",
		Doc:     "The redirect leads to RTSP.",
		Want:    reason("redirect"),
		handler: moved("302 Found", func(x *exchange) string { return "rtsp://127.0.0.1/there" }),
	},
	{
		Name:    "tls",
		Doc:     "The camera has signed its certificate itself, and the user accepts that.",
		Want:    pictures(),
		secure:  true,
		options: map[string]any{"tls_insecure": true},
		handler: stream{},
	},
	{
		Name:    "tls_login",
		Doc:     "The same with a Digest login.",
		Want:    pictures(),
		secure:  true,
		options: with(credentials, "tls_insecure", true),
		handler: digest{qop: "auth", then: stream{}},
	},
	{
		Name:    "tls_strict",
		Doc:     "The camera has signed its certificate itself, and the user does not accept that.",
		Want:    reason("tls"),
		secure:  true,
		handler: stream{},
	},
	{
		Name:    "tls_old",
		Doc:     "The camera knows TLS 1.0 and old ciphers only.",
		Want:    pictures(),
		door:    oldDoor,
		secure:  true,
		options: map[string]any{"tls_insecure": true},
		handler: stream{},
	},
	{
		Name:    "tls_plain",
		Doc:     "The camera speaks TLS, and the address says http.",
		Want:    reason("tls", "http-status", "not-a-camera", "connection-lost"),
		door:    oldDoor,
		handler: stream{},
	},
}
