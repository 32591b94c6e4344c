package upstream

import (
	"cmp"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"strings"

	"github.com/icholy/digest"
)

// authorizer makes the Authorization header of one more request.
type authorizer func(a address) (header string, err error)

var errNoScheme = errors.New("the camera asks for a kind of login that the hub does not know")

// answer picks the best of the challenges: Digest before Basic, and SHA-256
// before MD5 (RFC 7616 3.7). Nothing is sent before a challenge: a password in
// the clear goes only to who asks for it so. stale says that the camera has
// nothing against what it was sent but the age of its nonce.
func (o *Options) answer(challenges []Challenge) (auth authorizer, stale bool, err error) {
	var best *Challenge
	basic := false
	for i, ch := range challenges {
		stale = stale || ch.Stale
		switch {
		case strings.EqualFold(ch.Scheme, "Basic"):
			basic = true
		case strings.EqualFold(ch.Scheme, "Digest") && canDigest(&ch) && (best == nil || strength(&ch) > strength(best)):
			best = &challenges[i]
		}
	}
	switch {
	case best != nil:
		return o.digest(*best), stale, nil
	case basic:
		r := http.Request{Header: make(http.Header)}
		r.SetBasicAuth(o.Username, o.Password)
		header := r.Header.Get("Authorization")
		return func(address) (string, error) { return header, nil }, stale, nil
	}
	return nil, stale, errNoScheme
}

// algorithms are those of digests, without "-sess", by rising strength.
var algorithms = []struct {
	name string
	hash func() hash.Hash
}{{"MD5", md5.New}, {"SHA-256", sha256.New}, {"SHA-512-256", sha512.New512_256}, {"SHA-512", sha512.New}}

// algorithm returns the place in algorithms of a challenge's, or -1, and
// whether it is of the session kind, in which one hash of the password serves
// for all requests with the nonce.
func algorithm(ch *Challenge) (i int, session bool) {
	name, session := strings.CutSuffix(strings.ToUpper(cmp.Or(ch.Algorithm, "MD5")), "-SESS")
	for i, a := range algorithms {
		if a.name == name {
			return i, session
		}
	}
	return -1, session
}

// strength orders the algorithms of digests.
func strength(ch *Challenge) int { i, _ := algorithm(ch); return i }

// canDigest reports whether the challenge can be answered.
func canDigest(ch *Challenge) bool {
	return strength(ch) >= 0 && (ch.QOP == "" || qop(ch) != "")
}

// qop returns what is answered with: "auth" if it is offered, else "auth-int",
// which for a request without a body is as good.
func qop(ch *Challenge) string {
	offered := strings.FieldsFunc(strings.ToLower(ch.QOP), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
	for _, want := range []string{"auth", "auth-int"} {
		for _, q := range offered {
			if q == want {
				return want
			}
		}
	}
	return ""
}

// digest returns an authorizer that counts its uses of the challenge's nonce.
// The library computes it all but the session kind, of which it takes the hash.
func (o *Options) digest(ch Challenge) authorizer {
	at, session := algorithm(&ch)
	lib := &digest.Challenge{Realm: ch.Realm, Nonce: ch.nonce, Opaque: ch.opaque,
		Algorithm: algorithms[at].name, Userhash: strings.EqualFold(ch.userhash, "true")}
	if q := qop(&ch); q != "" {
		lib.QOP = []string{q}
	}
	opt := digest.Options{Method: http.MethodGet, Username: o.Username, Password: o.Password}
	if session {
		h := func(parts ...string) string {
			h := algorithms[at].hash()
			_, _ = h.Write([]byte(strings.Join(parts, ":")))
			return hex.EncodeToString(h.Sum(nil))
		}
		opt.Cnonce = rand.Text()
		opt.A1 = h(h(o.Username, ch.Realm, o.Password), ch.nonce, opt.Cnonce)
	}
	return func(a address) (string, error) {
		opt.Count++
		opt.URI = a.requestURI()
		cred, err := digest.Digest(lib, opt)
		if err != nil {
			return "", fmt.Errorf("answer a Digest challenge: %w", err)
		}
		cred.Algorithm = ch.Algorithm
		header := cred.String()
		if session && cred.QOP == "" { // the library sends no cnonce then, but A1 holds it
			header += fmt.Sprintf(`, cnonce="%s"`, opt.Cnonce)
		}
		return header, nil
	}
}
