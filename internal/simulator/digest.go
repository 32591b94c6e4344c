package simulator

import (
	"crypto/md5" // what cameras use
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// digest is a camera that asks for a Digest login (RFC 7616, and RFC 2617 and
// 2069 as old cameras have it).
type digest struct {
	algorithm string // as it is announced; "" announces none, and means MD5
	qop       string // likewise; "" is the way of RFC 2069
	opaque    string
	bare      bool          // the parameters are not quoted
	uses      int           // requests that a nonce is good for; 0 is any number
	life      time.Duration // and how long; 0 is for ever
	then      handler
}

const maxNonces = 64

// nonces are those that a camera has given out, and the count of their last
// use.
type nonces map[string]*nonce

type nonce struct {
	made time.Time
	uses int
	last uint64 // nc
}

// challenge returns a WWW-Authenticate line with a fresh nonce.
func (d digest) challenge(x *exchange, stale bool) string {
	quote := func(s string) string {
		if d.bare {
			return s
		}
		return strconv.Quote(s)
	}
	s := "Digest realm=" + quote("camera") + ", nonce=" + quote(x.book.newNonce())
	if d.qop != "" {
		s += ", qop=" + quote(d.qop)
	}
	if d.opaque != "" {
		s += ", opaque=" + quote(d.opaque)
	}
	if d.algorithm != "" {
		s += ", algorithm=" + d.algorithm
	}
	if stale {
		s += ", stale=true"
	}
	return "WWW-Authenticate: " + s + "\r\n"
}

func (d digest) serve(x *exchange) error {
	ok, stale := d.check(x)
	if ok {
		return d.then.serve(x)
	}
	return x.answer("401 Unauthorized", "text/html", loginText, d.challenge(x, stale))
}

// check reports whether the request's credentials are right, and if not,
// whether that is only because of an old nonce.
func (d digest) check(x *exchange) (ok, stale bool) {
	scheme, rest, _ := strings.Cut(x.get("authorization"), " ")
	if !strings.EqualFold(scheme, "Digest") {
		return false, false
	}
	p := parameters(rest)
	switch {
	case p["username"] != userName, p["realm"] != "camera", p["uri"] != x.target,
		p["opaque"] != d.opaque, !strings.EqualFold(p["algorithm"], d.algorithm) && p["algorithm"] != "",
		p["response"] == "" || p["response"] != d.response(x.method, p):
		return false, false
	}
	count := uint64(0)
	if d.qop != "" {
		var err error
		if count, err = strconv.ParseUint(p["nc"], 16, 32); err != nil || len(p["nc"]) != 8 || p["cnonce"] == "" || !offers(d.qop, p["qop"]) {
			return false, false
		}
	}
	if !x.book.useNonce(p["nonce"], count, d) {
		return false, true
	}
	return true, false
}

// response computes what the viewer should have (RFC 7616 3.4.1).
func (d digest) response(method string, p map[string]string) string {
	a1 := userName + ":camera:" + password
	if strings.HasSuffix(strings.ToLower(d.algorithm), "-sess") {
		a1 = d.hash(a1) + ":" + p["nonce"] + ":" + p["cnonce"]
	}
	a2 := method + ":" + p["uri"]
	if p["qop"] == "auth-int" {
		a2 += ":" + d.hash("")
	}
	if d.qop == "" {
		return d.hash(d.hash(a1) + ":" + p["nonce"] + ":" + d.hash(a2))
	}
	return d.hash(strings.Join([]string{d.hash(a1), p["nonce"], p["nc"], p["cnonce"], p["qop"], d.hash(a2)}, ":"))
}

func (d digest) hash(s string) string {
	h := md5.New()
	if strings.HasPrefix(strings.ToUpper(d.algorithm), "SHA-256") {
		h = sha256.New()
	}
	h.Write([]byte(s))
	return fmt.Sprintf("%x", h.Sum(nil))
}

// offers reports whether a list of qop values holds one.
func offers(list, value string) bool {
	for v := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(v) == value {
			return true
		}
	}
	return false
}

// parameters takes a list of name=value apart, quoted or not.
func parameters(s string) map[string]string {
	p := make(map[string]string)
	for s != "" {
		name, rest, ok := strings.Cut(s, "=")
		if !ok {
			break
		}
		value := rest
		if strings.HasPrefix(rest, `"`) {
			var b strings.Builder
			i := 1
			for ; i < len(rest) && rest[i] != '"'; i++ {
				if rest[i] == '\\' && i+1 < len(rest) {
					i++
				}
				b.WriteByte(rest[i])
			}
			value = b.String()
			_, s, _ = strings.Cut(rest[min(i, len(rest)):], ",")
		} else {
			value, s, _ = strings.Cut(rest, ",")
		}
		p[strings.ToLower(strings.Trim(name, " \t,"))] = strings.TrimSpace(value)
	}
	return p
}

// firstLogin reports whether it is asked for the first time.
func (b *book) firstLogin() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.logins++
	return b.logins == 1
}

// newNonce makes a nonce and remembers it.
func (b *book) newNonce() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.nonces == nil || len(b.nonces) >= maxNonces {
		b.nonces = make(nonces)
	}
	n := rand.Text()
	b.nonces[n] = &nonce{made: time.Now()}
	return n
}

// useNonce counts a use of a nonce, and reports whether it was allowed: its
// count must rise.
func (b *book) useNonce(name string, count uint64, d digest) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := b.nonces[name]
	if n == nil || d.qop != "" && count <= n.last || d.uses > 0 && n.uses >= d.uses || d.life > 0 && time.Since(n.made) > d.life {
		return false
	}
	n.uses++
	n.last = count
	return true
}
