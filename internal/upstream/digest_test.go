package upstream

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
)

// verifier is the server's side of RFC 7616 3.4, written after the text of it.
// That it is right is shown by a client that is not ours.
type verifier struct{ algorithm, qop string }

func (v verifier) challenge() string {
	c := `Digest realm="a cam", nonce="n==", opaque="o\"p"`
	if v.algorithm != "" {
		c += ", algorithm=" + v.algorithm
	}
	if v.qop != "" {
		c += fmt.Sprintf(", qop=%q", v.qop)
	}
	return c
}

// verify says what is wrong with an Authorization header, or "".
func (v verifier) verify(r *http.Request) string {
	p := make(map[string]string)
	rest, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Digest ")
	for _, field := range splitList(rest) {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		p[name] = unquote(value)
	}
	name, session := strings.CutSuffix(strings.ToUpper(v.algorithm), "-SESS")
	sum := map[string]func() hash.Hash{"": md5.New, "MD5": md5.New, "SHA-256": sha256.New, "SHA-512-256": sha512.New512_256}[name]
	h := func(parts ...string) string {
		s := sum()
		_, _ = s.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(s.Sum(nil))
	}
	a1 := h(user, "a cam", password)
	if session {
		a1 = h(a1, "n==", p["cnonce"])
	}
	a2 := h(r.Method, r.RequestURI)
	if p["qop"] == "auth-int" {
		a2 = h(r.Method, r.RequestURI, h(""))
	}
	want := h(a1, "n==", a2)
	if v.qop != "" {
		want = h(a1, "n==", p["nc"], p["cnonce"], p["qop"], a2)
	}
	switch {
	case !ok:
		return "is not there"
	case p["response"] != want:
		return "has another response"
	case p["opaque"] != `o"p` || p["uri"] != r.RequestURI || p["nc"] != "00000001" && v.qop != "":
		return "has another opaque, uri or nc"
	case !strings.Contains(", "+v.qop+",", " "+p["qop"]+",") && v.qop != "":
		return "has a qop that was not offered"
	}
	return ""
}

func TestDigestAlgorithms(t *testing.T) {
	curl, noCurl := exec.LookPath("curl")
	for _, algorithm := range []string{"", "MD5", "md5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256"} {
		for _, qop := range []string{"", "auth", "auth-int", "auth-int, auth"} {
			v := verifier{algorithm, qop}
			t.Run(algorithm+"/"+qop, func(t *testing.T) {
				var wrong string
				srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if wrong = v.verify(r); wrong != "" {
						w.Header().Set("WWW-Authenticate", v.challenge())
						w.WriteHeader(http.StatusUnauthorized)
					}
				}))
				defer srv.Close()
				target := srv.URL + "/v?a=1%25&b"
				if _, err := fetch(t, Options{URL: target, Username: user, Password: password}); err != nil {
					t.Errorf("%v: the answer %s", err, wrong)
				}
				// curl has no auth-int, and sends no cnonce without a qop.
				if noCurl != nil || qop == "auth-int" || qop == "" && strings.HasSuffix(algorithm, "-sess") || algorithm == "SHA-512-256" {
					return
				}
				out, err := exec.Command(curl, "-sS", "--fail", "--max-time", "10", "--digest", "-u", user+":"+password, target).CombinedOutput()
				if err != nil {
					t.Errorf("curl is refused, its answer %s: %v %s", wrong, err, out)
				}
			})
		}
	}
}

// TestTolerantChallenges goes through challenges that break RFC 9110 11.6.1.
func TestTolerantChallenges(t *testing.T) {
	for line, want := range map[string]Challenge{
		`Digest Realm=my_cam, NONCE=abc+/==, QOP=auth`:          {Scheme: "Digest", Realm: "my_cam", nonce: "abc+/==", QOP: "auth"},
		`Digest realm="x",nonce="n",, stale, domain=/,`:         {Scheme: "Digest", Realm: "x", nonce: "n"},
		"Digest\trealm=\"x\",\tnonce=\"n\"":                     {Scheme: "Digest", Realm: "x", nonce: "n"},
		`Digest realm = "x" , nonce = "n" , stale = TRUE`:       {Scheme: "Digest", Realm: "x", nonce: "n", Stale: true},
		`DIGEST realm="a\"b, c=d", nonce="n`:                    {Scheme: "DIGEST", Realm: `a"b, c=d`, nonce: "n"},
		`Digest realm="x", nonce="n", qop="auth, auth-int" , x`: {Scheme: "Digest", Realm: "x", nonce: "n", QOP: "auth, auth-int"},
	} {
		got := parseChallenges(http.Header{"Www-Authenticate": {line}})
		if len(got) != 1 || got[0] != want {
			t.Errorf("%s: %+v, want %+v", line, got, want)
		}
	}
}
