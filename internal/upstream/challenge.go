package upstream

import (
	"net/http"
	"strings"
)

// Challenge is one way to log in that a camera offers (RFC 9110 11.6.1).
type Challenge struct {
	Scheme    string // as the camera writes it, such as "Basic" or "Digest"
	Realm     string
	Algorithm string // of Digest; "" stands for MD5
	QOP       string // of Digest, such as "auth,auth-int"; "" is the oldest way
	Stale     bool   // of Digest: only the nonce was too old

	nonce, opaque, userhash string
}

// parseChallenges returns all challenges in the header of an answer. It takes
// what cameras write: odd case, values without quotes, parameters without a
// value, commas too many.
func parseChallenges(h http.Header) []Challenge {
	var all []Challenge
	for _, line := range h.Values("WWW-Authenticate") {
		for _, text := range splitChallenges(line) {
			all = append(all, parseChallenge(text))
		}
	}
	return all
}

func parseChallenge(text string) Challenge {
	scheme, rest := text, ""
	if i := strings.IndexAny(text, " \t"); i >= 0 {
		scheme, rest = text[:i], text[i:]
	}
	c := Challenge{Scheme: scheme}
	for _, p := range splitList(rest) {
		name, value, _ := strings.Cut(p, "=")
		value = unquote(strings.TrimSpace(value))
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "realm":
			c.Realm = value
		case "nonce":
			c.nonce = value
		case "opaque":
			c.opaque = value
		case "algorithm":
			c.Algorithm = value
		case "qop":
			c.QOP = value
		case "stale":
			c.Stale = strings.EqualFold(value, "true")
		case "userhash":
			c.userhash = value
		}
	}
	return c
}

// splitList cuts s at the commas outside of quotes.
func splitList(s string) []string {
	var out []string
	from, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			out = append(out, s[from:i])
			from = i + 1
		}
	}
	return append(out, s[from:])
}

// unquote takes a quoted-string apart (RFC 9110 5.6.4); any other value is
// meant as it stands.
func unquote(s string) string {
	if !strings.HasPrefix(s, `"`) {
		return s
	}
	var out strings.Builder
	for i := 1; i < len(s) && s[i] != '"'; i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

// splitChallenges cuts a WWW-Authenticate line at the schemes in it: a line
// may hold several, and commas separate both them and their parameters.
func splitChallenges(line string) []string {
	var out []string
	for _, item := range splitList(line) {
		item = strings.Trim(item, " \t")
		switch {
		case item == "":
		case beginsChallenge(item, len(out) == 0):
			out = append(out, item)
		case len(out) > 0:
			out[len(out)-1] += ", " + item
		}
	}
	return out
}

// beginsChallenge reports whether an item of the list begins with a scheme. A
// word alone is a scheme at the beginning and with a capital letter, such as
// "Negotiate"; any other is a parameter without a value.
func beginsChallenge(item string, first bool) bool {
	end := strings.IndexAny(item, " \t=")
	if end < 0 {
		return first || item[0] >= 'A' && item[0] <= 'Z'
	}
	return item[end] != '=' && !strings.HasPrefix(strings.TrimLeft(item[end:], " \t"), "=")
}
