package upstream

import "slices"

// What a client tolerated.
const (
	MalformedHTTP       = "malformed-http"
	MalformedStatusLine = "malformed-status-line"
	MissingStatusLine   = "missing-status-line"
	MalformedHeader     = "malformed-header"
	MalformedChunks     = "malformed-chunks"
	StrayLength         = "stray-content-length"
	WrongLength         = "wrong-answer-length"
	ConnectionClose     = "needs-connection-close"
)

// Quirks says in one sentence what each quirk means.
var Quirks = map[string]string{
	MalformedHTTP:       "The camera's answer breaks the rules of HTTP; it is read all the same.",
	MalformedStatusLine: "The first line of the camera's answer is not one of HTTP.",
	MissingStatusLine:   "The camera's answer begins without the first line of HTTP.",
	MalformedHeader:     "Lines in the header of the camera's answer are malformed; they are mended or left out.",
	MalformedChunks:     "The camera says that it sends in chunks, but does not send them as HTTP demands.",
	StrayLength:         "The camera announces a length for a stream; it is ignored.",
	WrongLength:         "The camera announces a wrong length for a picture; it is ignored.",
	ConnectionClose:     "The camera answers only when each request has a connection of its own.",
}

// quirk reports a quirk, once.
func (c *Client) quirk(name string) {
	if slices.Contains(c.trace.Quirks, name) {
		return
	}
	c.trace.Quirks = append(c.trace.Quirks, name)
	if c.onQuirk != nil {
		c.onQuirk(name)
	}
}
