package api

import (
	"mime"
	"strconv"
	"strings"
)

// preferred returns the one of the offered media types that an Accept header
// likes best (RFC 9110, section 12.5.1), the first of those it likes equally.
// When it takes none of them, that is the first one too: an answer in another
// format says more than a refusal.
func preferred(accept string, offers ...string) string {
	best, most := offers[0], 0.0
	for _, offer := range offers {
		if q := quality(accept, offer); q > most {
			best, most = offer, q
		}
	}
	return best
}

// quality returns how much an Accept header likes a media type, from 0 to 1.
// What names the type exactly counts before what names a range.
func quality(accept, offer string) float64 {
	kind, _, _ := strings.Cut(offer, "/")
	q, precision := 0.0, 0
	for item := range strings.SplitSeq(accept, ",") {
		name, params, err := mime.ParseMediaType(item)
		if err != nil {
			continue
		}
		p := 0
		switch name {
		case offer:
			p = 3
		case kind + "/*":
			p = 2
		case "*/*":
			p = 1
		}
		if p > precision {
			q, precision = weight(params["q"]), p
		}
	}
	return q
}

// weight reads a weight (RFC 9110, section 12.4.2). One that can't be read
// counts as none.
func weight(s string) float64 {
	if s == "" {
		return 1
	}
	q, err := strconv.ParseFloat(s, 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}
