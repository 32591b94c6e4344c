package upstream

import (
	"crypto/md5"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

const (
	user     = "u"
	password = "secret"
)

// camera serves body to who is let in by check.
func camera(t *testing.T, check func(w http.ResponseWriter, r *http.Request) bool) *httptest.Server {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !check(w, r) {
			return
		}
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
		w.(http.Flusher).Flush() // no Content-Length
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(srv.Close)
	return srv
}

func TestBasicWaitsForTheChallenge(t *testing.T) {
	var seen, from []string
	srv := camera(t, func(w http.ResponseWriter, r *http.Request) bool {
		seen, from = append(seen, r.Header.Get("Authorization")), append(from, r.RemoteAddr)
		if u, p, _ := r.BasicAuth(); u == user && p == password {
			return true
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="cam"`)
		http.Error(w, "who are you", http.StatusUnauthorized)
		return false
	})
	out, _ := fetch(t, Options{URL: srv.URL, Username: user, Password: password})
	if out != body || len(seen) != 2 || seen[0] != "" {
		t.Errorf("got %q, authorizations %q", out, seen)
	}
	if len(from) == 2 && from[0] != from[1] {
		t.Error("the second request has a connection of its own")
	}
	seen = nil
	_, err := fetch(t, Options{URL: srv.URL, Username: user, Password: "wrong"})
	if code(t, err) != "unauthorized" || len(seen) != 2 {
		t.Errorf("wrong password: %v after %d requests", err, len(seen))
	}
}

// digestOf computes the response of RFC 2617 3.2.2 on its own.
func digestOf(r *http.Request, nonce string, params map[string]string) string {
	h := func(s string) string { sum := md5.Sum([]byte(s)); return hex.EncodeToString(sum[:]) }
	a1, a2 := h(user+":cam:"+password), h("GET:"+r.RequestURI)
	if params["qop"] == "" {
		return h(a1 + ":" + nonce + ":" + a2)
	}
	return h(strings.Join([]string{a1, nonce, params["nc"], params["cnonce"], params["qop"], a2}, ":"))
}

// params takes an Authorization header of the Digest scheme apart.
func params(header string) map[string]string {
	all := make(map[string]string)
	rest, _ := strings.CutPrefix(header, "Digest ")
	for _, field := range strings.Split(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		all[name] = strings.Trim(value, `"`)
	}
	return all
}

func TestDigest(t *testing.T) {
	tests := map[string][]string{
		"no qop":              {`Digest realm="cam", nonce="n"`},
		"qop":                 {`Digest realm="cam", nonce="n", qop="auth", opaque="o", algorithm=MD5`},
		"two qops":            {`Digest realm="cam",nonce="n",qop="auth-int, auth",opaque="o"`},
		"Basic first":         {`Basic realm="cam"`, `Digest realm="cam", nonce="n", qop="auth", opaque="o"`},
		"both in one line":    {`Basic realm="a, Digest b", Digest realm="cam", nonce="n", opaque="o", qop=auth`},
		"an unknown one also": {`Digest realm="cam", nonce="n", algorithm=MD4`, `Negotiate`, `digest realm="cam", nonce="n", opaque="o"`},
	}
	for name, challenges := range tests {
		t.Run(name, func(t *testing.T) {
			nonce := ""
			srv := camera(t, func(w http.ResponseWriter, r *http.Request) bool {
				p := params(r.Header.Get("Authorization"))
				if nonce == "n2" && p["nonce"] == nonce && p["response"] == digestOf(r, nonce, p) {
					if strings.Contains(strings.Join(challenges, ""), "opaque") && p["opaque"] != "o" {
						t.Errorf("opaque %q", p["opaque"])
					}
					return true
				}
				if strings.HasPrefix(r.Header.Get("Authorization"), "Basic") {
					t.Error("the password was sent in the clear")
				}
				extra := ""
				if nonce == "" { // the first nonce is soon too old
					nonce = "n"
				} else {
					nonce, extra = "n2", `, stale=TRUE`
				}
				for _, c := range challenges {
					if strings.Contains(c, "nonce") {
						c = strings.Replace(c, `nonce="n"`, `nonce="`+nonce+`"`, 1) + extra
					}
					w.Header().Add("WWW-Authenticate", c)
				}
				w.WriteHeader(http.StatusUnauthorized)
				return false
			})
			out, err := fetch(t, Options{URL: srv.URL + "/v?a=1%&b?c", Username: user, Password: password})
			if out != body {
				t.Errorf("got %q, %v", out, err)
			}
		})
	}
}

func TestSplitChallenges(t *testing.T) {
	for line, want := range map[string][]string{
		`Basic realm="x"`: {`Basic realm="x"`},
		`Basic`:           {`Basic`},
		`Digest a="b, c", d=e,Basic realm="q,r\" Digest "`: {`Digest a="b, c", d=e`, `Basic realm="q,r\" Digest "`},
		`Negotiate, NTLM , Basic realm=x`:                  {`Negotiate`, `NTLM`, `Basic realm=x`},
		``:                                                 nil,
		` , ,`:                                             nil,
		`a=b, c=d`:                                         nil,
	} {
		if got := splitChallenges(line); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}

// TestRedirectTakesNothingAlong checks that neither the credentials nor the
// headers of the user reach another port, and that they do reach another path.
func TestRedirectTakesNothingAlong(t *testing.T) {
	var there []http.Header
	other := camera(t, func(_ http.ResponseWriter, r *http.Request) bool {
		there = append(there, r.Header)
		return true
	})
	challenging := camera(t, func(w http.ResponseWriter, r *http.Request) bool {
		there = append(there, r.Header)
		w.Header().Set("WWW-Authenticate", `Basic realm="cam"`)
		w.WriteHeader(http.StatusUnauthorized)
		return false
	})
	var here []string
	srv := camera(t, func(w http.ResponseWriter, r *http.Request) bool {
		here = append(here, r.RequestURI+" "+r.Header.Get("X-Key"))
		if _, _, ok := r.BasicAuth(); !ok {
			w.Header().Set("WWW-Authenticate", `Basic realm="cam"`)
			w.WriteHeader(http.StatusUnauthorized)
			return false
		}
		switch r.URL.Path {
		case "/path":
			http.Redirect(w, r, "moved?a%&&", http.StatusFound)
		case "/port":
			http.Redirect(w, r, other.URL+"/v", http.StatusFound)
		case "/challenge":
			http.Redirect(w, r, challenging.URL+"/v", http.StatusTemporaryRedirect)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusMovedPermanently)
		default:
			return true
		}
		return false
	})
	options := func(path string) Options {
		return Options{URL: srv.URL + path, Username: user, Password: password, Headers: map[string]string{"X-Key": password}}
	}
	if out, err := fetch(t, options("/path")); out != body || here[len(here)-1] != "/moved?a%&& "+password {
		t.Errorf("another path: %v after %q", err, here)
	}
	if out, err := fetch(t, options("/port")); out != body {
		t.Errorf("another port: %v", err)
	}
	if _, err := fetch(t, options("/challenge")); code(t, err) != "unauthorized" {
		t.Errorf("another port that challenges: %v", err)
	}
	if len(there) != 2 {
		t.Errorf("%d requests to the other ports", len(there))
	}
	for _, h := range there {
		if h.Get("Authorization") != "" || h.Get("X-Key") != "" || h.Get("User-Agent") != "camhub" {
			t.Errorf("sent to another port: %v", h)
		}
	}
	here = nil
	if _, err := fetch(t, options("/loop")); code(t, err) != "redirect" || len(here) != 2+maxRedirects {
		t.Errorf("a loop: %v after %d requests", err, len(here))
	}
}

func TestStrongestDigestWins(t *testing.T) {
	o := &Options{Username: user, Password: password}
	lines := []string{
		`Digest realm="cam", nonce="a", algorithm=MD5`,
		`Digest realm="cam", nonce="b", algorithm=SHA-256`,
		`Digest realm="cam", nonce="c"`,
		`Basic realm="cam"`,
	}
	auth, _, err := o.answer(parseChallenges(http.Header{"Www-Authenticate": lines}))
	if err != nil {
		t.Fatal(err)
	}
	if header, err := auth(address{"http", "h", "/"}); err != nil || params(header)["nonce"] != "b" {
		t.Errorf("answered with %s, %v", header, err)
	}
	if _, _, err := o.answer(parseChallenges(http.Header{"Www-Authenticate": {`Bearer realm="cam"`}})); err == nil {
		t.Error("an unknown scheme was answered")
	}
}
