package probe

import (
	"encoding/base64"
	"strings"

	"camhub/internal/upstream"
)

// hidden stands in place of a secret.
const hidden = "***"

// secretKeys are pieces of the names of query parameters that hold secrets.
var secretKeys = []string{"pw", "pass", "token", "key", "secret", "auth", "signature", "_sig"}

// masker hides secrets in texts and results.
type masker struct{ replacer *strings.Replacer }

// newMasker returns a masker of the secrets in o: a camera may send back what
// it was sent.
func newMasker(o *upstream.Options) masker {
	var pairs []string
	hide := func(secret string) {
		if len(secret) >= 4 { // a shorter one is in every other word
			pairs = append(pairs, secret, hidden)
		}
	}
	if o.Password != "" {
		hide(base64.StdEncoding.EncodeToString([]byte(o.Username + ":" + o.Password)))
	}
	hide(o.Password)
	for _, value := range o.Headers {
		hide(value)
	}
	return masker{strings.NewReplacer(pairs...)}
}

// text returns s without the secrets.
func (m masker) text(s string) string { return m.replacer.Replace(s) }

// url returns an URL without the secrets, and without the values of parameters
// that look like some.
func (m masker) url(url string) string {
	head, query, ok := strings.Cut(url, "?")
	if !ok {
		return m.text(url)
	}
	var b strings.Builder
	b.WriteString(head)
	for sep := byte('?'); ; {
		b.WriteByte(sep)
		end := strings.IndexAny(query, "&?;")
		param := query
		if end >= 0 {
			param = query[:end]
		}
		name, _, has := strings.Cut(param, "=")
		if has && namesSecret(name) {
			param = name + "=" + hidden
		}
		b.WriteString(param)
		if end < 0 {
			return m.text(b.String())
		}
		sep, query = query[end], query[end+1:]
	}
}

func namesSecret(name string) bool {
	name = strings.ToLower(name)
	for _, key := range secretKeys {
		if strings.Contains(name, key) {
			return true
		}
	}
	return false
}
