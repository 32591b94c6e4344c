package upstream

import "slices"

// What a client tolerated.
const (
	MalformedHTTP   = "malformed-http"
	ConnectionClose = "needs-connection-close"
)

// Quirks says in one sentence what each quirk means.
var Quirks = map[string]string{
	MalformedHTTP:   "The camera's answer breaks the rules of HTTP; it is read all the same.",
	ConnectionClose: "The camera answers only when each request has a connection of its own.",
}

// quirk tells a quirk, once.
func (c *Client) quirk(name string) {
	if slices.Contains(c.trace.Quirks, name) {
		return
	}
	c.trace.Quirks = append(c.trace.Quirks, name)
	if c.onQuirk != nil {
		c.onQuirk(name)
	}
}
