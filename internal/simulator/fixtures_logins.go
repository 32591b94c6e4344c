package simulator

import (
	"encoding/base64"
	"net/url"
	"strings"
	"time"
)

// The one user of all cameras. The password has what passwords may have.
const (
	userName  = "viewer"
	password  = `p:ss "wörd" \%41&`
	loginText = "<html><head><title>401 Unauthorized</title></head><body><h1>Login required</h1></body></html>\n"
	token     = "Bearer 0123456789abcdef"
)

var (
	credentials = map[string]any{"username": userName, "password": password}
	wrong       = map[string]any{"username": userName, "password": "wrong"}
)

// queryTarget is an address with the login in it.
var queryTarget = "/auth_query?usr=" + userName + "&pwd=" + url.QueryEscape(password)

// challenges are the WWW-Authenticate lines of a 401 answer, without a nonce.
func challenges(all ...string) []string {
	var lines []string
	for _, c := range all {
		lines = append(lines, "WWW-Authenticate: "+c+"\r\n")
	}
	return lines
}

// hasBasic reports whether the request has the right Basic credentials, in
// UTF-8 (RFC 7617).
func hasBasic(x *exchange) bool {
	scheme, value, _ := strings.Cut(x.get("authorization"), " ")
	b, err := base64.StdEncoding.DecodeString(value)
	return err == nil && strings.EqualFold(scheme, "Basic") && string(b) == userName+":"+password
}

// basic is a camera that asks for a Basic login.
func basic(realm string, then handler) handler {
	return refuse(`Basic realm="`+realm+`"`, then)
}

// refuse is a camera that asks with any challenge, and takes Basic.
func refuse(challenge string, then handler) handler {
	return handlerFunc(func(x *exchange) error {
		if hasBasic(x) {
			return then.serve(x)
		}
		return x.answer("401 Unauthorized", "text/html", loginText, challenges(challenge)...)
	})
}

// several is a camera that takes a Digest with SHA-256, and would take others.
func several(oneLine bool) handler {
	d := digest{algorithm: "SHA-256", qop: "auth", opaque: "x,y", then: stream{}}
	weak := digest{qop: "auth", opaque: "x,y"}
	return handlerFunc(func(x *exchange) error {
		if ok, _ := d.check(x); ok {
			return d.then.serve(x)
		}
		lines := append(challenges("Negotiate", `Basic realm="camera, old"`), weak.challenge(x, false), d.challenge(x, false))
		if oneLine {
			const name = "WWW-Authenticate: "
			joined := strings.ReplaceAll(strings.Join(lines, ""), "\r\n"+name, ", ")
			lines = []string{joined}
		}
		return x.answer("401 Unauthorized", "text/html", loginText, lines...)
	})
}

// sameConnection is a camera whose nonce is good on the connection it was
// given out on.
var sameConnection = handlerFunc(func(x *exchange) error {
	if x.get("authorization") != "" && x.fresh {
		return x.answer("401 Unauthorized", "text/html", loginText, digest{qop: "auth"}.challenge(x, true))
	}
	return digest{qop: "auth", then: stream{}}.serve(x)
})

// closing is a camera that ends the connection with its challenge.
var closing = handlerFunc(func(x *exchange) error {
	d := digest{qop: "auth", then: stream{}}
	if ok, _ := d.check(x); ok {
		return d.then.serve(x)
	}
	if err := x.writeString("HTTP/1.1 401 Unauthorized\r\n" + d.challenge(x, false) + "Connection: close\r\n\r\n" + loginText); err != nil {
		return err
	}
	return errClose
})

// logins is who may look, and how that is asked.
var logins = []Fixture{
	{
		Name:    "basic",
		Doc:     "The camera asks for a Basic login.",
		Seen:    "Axis and many others",
		Want:    pictures(),
		options: credentials,
		handler: basic("camera", stream{}),
	},
	{
		Name:    "basic_wrong",
		Doc:     "The camera asks for a Basic login, and the password is wrong.",
		Want:    reason("unauthorized"),
		options: wrong,
		handler: basic("camera", stream{}),
	},
	{
		Name:    "basic_missing",
		Doc:     "The camera asks for a Basic login, and no user name is configured.",
		Want:    reason("unauthorized"),
		handler: basic("camera", stream{}),
	},
	{
		Name:    "basic_norealm",
		Doc:     "The camera asks for a Basic login, in lower case and without a realm.",
		Want:    pictures(),
		options: credentials,
		handler: refuse("basic", stream{}),
	},
	{
		Name:    "digest",
		Doc:     "The camera asks for a Digest login.",
		Seen:    "Hikvision",
		Want:    pictures(),
		options: credentials,
		handler: digest{qop: "auth", then: stream{}},
	},
	{
		Name:    "digest_wrong",
		Doc:     "The camera asks for a Digest login, and the password is wrong.",
		Want:    reason("unauthorized"),
		options: wrong,
		handler: digest{qop: "auth", then: stream{}},
	},
	{
		Name:    "digest_noqop",
		Doc:     "The challenge has no qop, as in RFC 2069.",
		Seen:    "old Axis",
		Want:    pictures(),
		options: credentials,
		handler: digest{then: stream{}},
	},
	{
		Name:    "digest_authint",
		Doc:     "The challenge offers auth and auth-int.",
		Want:    pictures(),
		options: credentials,
		handler: digest{qop: "auth,auth-int", then: stream{}},
	},
	{
		Name:    "digest_authint_first",
		Doc:     "The challenge offers auth-int and, behind a space, auth.",
		Want:    pictures(),
		options: credentials,
		handler: digest{qop: "auth-int, auth", algorithm: "MD5", then: stream{}},
	},
	{
		Name:    "digest_authint_only",
		Doc:     "The challenge offers auth-int only.",
		Want:    pictures(),
		options: credentials,
		handler: digest{qop: "auth-int", then: stream{}},
	},
	{
		Name:    "digest_opaque",
		Doc:     "The challenge has an opaque value, which must come back.",
		Seen:    "Dahua",
		Want:    pictures(),
		options: credentials,
		handler: digest{qop: "auth", opaque: "5ccc069c403ebaf9f0171e9517f40e41", then: stream{}},
	},
	{
		Name:    "digest_sha256",
		Doc:     "The Digest is SHA-256.",
		Seen:    "newer Axis and Hikvision",
		Want:    pictures(),
		options: credentials,
		handler: digest{algorithm: "SHA-256", qop: "auth", then: stream{}},
	},
	{
		Name:    "digest_md5sess",
		Doc:     "The Digest is MD5-sess.",
		Want:    pictures(),
		options: credentials,
		handler: digest{algorithm: "MD5-sess", qop: "auth", then: stream{}},
	},
	{
		Name:    "digest_sha256sess",
		Doc:     "The Digest is SHA-256-sess.",
		Want:    pictures(),
		options: credentials,
		handler: digest{algorithm: "SHA-256-sess", qop: "auth", then: stream{}},
	},
	{
		Name:    "digest_case",
		Doc:     "The algorithm is written in lower case.",
		Want:    pictures(),
		options: credentials,
		handler: digest{algorithm: "md5", qop: "auth", then: stream{}},
	},
	{
		Name:    "digest_unquoted",
		Doc:     "The parameters of the challenge are not quoted.",
		Want:    pictures(),
		options: credentials,
		handler: digest{qop: "auth", opaque: "abc", bare: true, then: stream{}},
	},
	{
		Name:    "digest_query",
		Doc:     "A Digest login for an odd address.",
		Seen:    "Arecont",
		Want:    pictures(),
		target:  "/digest_query?x1=100%&a?b&&&",
		options: credentials,
		handler: digest{qop: "auth", then: stream{}},
	},
	{
		Name:    "digest_unknown",
		Doc:     "The Digest has an algorithm that does not exist.",
		Want:    reason("unauthorized"),
		options: credentials,
		handler: digest{algorithm: "SHA-1024", qop: "auth", then: stream{}},
	},
	{
		Name:    "digest_stale",
		Doc:     "The first nonce is stale when it is used.",
		Want:    pictures(),
		options: credentials,
		handler: handlerFunc(func(x *exchange) error {
			if x.get("authorization") != "" && x.book.firstLogin() {
				return x.answer("401 Unauthorized", "text/html", loginText, digest{qop: "auth"}.challenge(x, true))
			}
			return digest{qop: "auth", then: stream{}}.serve(x)
		}),
	},
	{
		Name:    "digest_several",
		Doc:     "There are challenges of Negotiate, Basic, and Digest with MD5 and SHA-256, a line each.",
		Want:    pictures(),
		options: credentials,
		handler: several(false),
	},
	{
		Name:    "digest_oneline",
		Doc:     "There are the same challenges, all in one line.",
		Want:    pictures(),
		options: credentials,
		handler: several(true),
	},
	{
		Name:    "digest_conn",
		Doc:     "The nonce is good on its own connection only.",
		Seen:    "cameras of motionEye#3264",
		Want:    pictures(),
		options: credentials,
		handler: sameConnection,
	},
	{
		Name:    "digest_close",
		Doc:     "The connection ends with the challenge.",
		Want:    pictures(),
		options: credentials,
		handler: closing,
	},
	{
		Name:    "digest_reconnect",
		Doc:     "Each nonce is good for one request, and the stream ends after four pictures.",
		Want:    pictures(),
		options: credentials,
		handler: digest{qop: "auth", uses: 1, then: stream{count: 4}},
	},
	{
		Name:    "digest_snapshots",
		Doc:     "A picture a request; each nonce is good for three requests with rising counts.",
		Seen:    "Dahua",
		Want:    pictures(),
		options: polled(credentials),
		handler: digest{qop: "auth", uses: 3, life: 3 * time.Second, then: snapshot{}},
	},
	{
		Name:    "login_unknown",
		Doc:     "The camera asks for NTLM.",
		Want:    reason("unauthorized"),
		options: credentials,
		handler: refuse("NTLM", stream{}),
	},
	{
		Name:    "login_nochallenge",
		Doc:     "The camera answers 401 and does not say what it wants.",
		Want:    reason("unauthorized"),
		options: credentials,
		handler: handlerFunc(func(x *exchange) error {
			return x.answer("401 Unauthorized", "text/html", loginText)
		}),
	},
	{
		Name:    "forbidden",
		Doc:     "The camera answers 403.",
		Want:    reason("forbidden"),
		options: credentials,
		handler: handlerFunc(func(x *exchange) error {
			return x.answer("403 Forbidden", "text/plain", "no\n")
		}),
	},
	{
		Name:   "auth_query",
		Doc:    "User name and password stand in the query.",
		Seen:   "Foscam",
		Want:   pictures(),
		target: queryTarget,
		handler: handlerFunc(func(x *exchange) error {
			if x.target != queryTarget {
				return x.answer("200 OK", "text/html", loginPage)
			}
			return stream{}.serve(x)
		}),
	},
	{
		Name:    "auth_header",
		Doc:     "The camera wants a bearer token, which is configured as a header.",
		Seen:    "cameras of motionEye#1312",
		Want:    pictures(),
		options: map[string]any{"headers": map[string]string{"Authorization": token}},
		handler: demand("authorization", func(v string) bool { return v == token }),
	},
}
