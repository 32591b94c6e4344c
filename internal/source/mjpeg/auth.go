package mjpeg

import (
	"errors"
	"net/http"
	"strings"

	"github.com/icholy/digest"
)

// authorizer makes the Authorization header of one more request.
type authorizer func(a address) (header string, err error)

var errNoScheme = errors.New("the camera asks for a kind of login that the hub does not know")

// answer picks the best of the challenges in a 401 answer: Digest before
// Basic, and SHA-256 before MD5 (RFC 7616 3.7). Nothing is sent before a
// challenge: a password in the clear goes only to who asks for it so.
func (c *Config) answer(h http.Header) (authorizer, error) {
	var best *digest.Challenge
	basic := false
	for _, line := range h.Values("WWW-Authenticate") {
		for _, text := range splitChallenges(line) {
			if hasScheme(text, "Basic") {
				basic = true
				continue
			}
			ch, err := digest.ParseChallenge(text)
			if err != nil {
				continue
			}
			for i := range ch.QOP { // "auth, auth-int"
				ch.QOP[i] = strings.ToLower(strings.TrimSpace(ch.QOP[i]))
			}
			if digest.CanDigest(ch) && (best == nil || strength(ch) > strength(best)) {
				best = ch
			}
		}
	}
	switch {
	case best != nil:
		return c.digest(best), nil
	case basic:
		return func(address) (string, error) {
			r := http.Request{Header: make(http.Header)}
			r.SetBasicAuth(c.Username, c.Password)
			return r.Header.Get("Authorization"), nil
		}, nil
	}
	return nil, errNoScheme
}

// digest returns an authorizer that counts its uses of the challenge's nonce.
func (c *Config) digest(ch *digest.Challenge) authorizer {
	count := 0
	return func(a address) (string, error) {
		count++
		cred, err := digest.Digest(ch, digest.Options{
			Method: http.MethodGet, URI: a.request().URL.RequestURI(), Count: count,
			Username: c.Username, Password: c.Password,
		})
		if err != nil {
			return "", err
		}
		return cred.String(), nil
	}
}

// strength orders the algorithms of digests.
func strength(ch *digest.Challenge) int {
	switch strings.ToUpper(ch.Algorithm) {
	case "SHA-512", "SHA-512-256":
		return 3
	case "SHA-256":
		return 2
	}
	return 1
}

// hasScheme reports whether a challenge is of that scheme.
func hasScheme(challenge, scheme string) bool {
	name, _, _ := strings.Cut(challenge, " ")
	return strings.EqualFold(name, scheme)
}

// splitChallenges cuts a WWW-Authenticate line at the schemes in it: a line
// may hold several, and commas separate both them and their parameters.
func splitChallenges(line string) []string {
	var starts []int
	quoted, fresh := false, true // fresh: a scheme could begin here
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted || c == ' ' || c == '\t':
		case c == ',':
			fresh = true
		case fresh:
			fresh = false
			word := line[i:]
			if end := strings.IndexAny(word, " ,="); end < 0 || word[end] != '=' {
				starts = append(starts, i)
			}
		}
	}
	var out []string
	for i, from := range starts {
		to := len(line)
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		out = append(out, strings.TrimRight(line[from:to], ", \t"))
	}
	return out
}

// hasStale reports whether a challenge says that only its nonce was too old.
func hasStale(h http.Header) bool {
	for _, line := range h.Values("WWW-Authenticate") {
		for _, text := range splitChallenges(line) {
			if ch, err := digest.ParseChallenge(text); err == nil && ch.Stale {
				return true
			}
		}
	}
	return false
}
