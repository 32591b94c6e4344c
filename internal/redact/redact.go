// Package redact takes out of texts what may be a secret, for those that leave the
// hub: in addresses the user name and password, every value of the query (cameras
// take passwords there by many names), and the fragment.
package redact

import (
	"net/netip"
	"regexp"
	"strings"
)

// Hidden stands in the place of what was taken out.
const Hidden = "***"

// URL returns an address without its secrets. What is no address with "://" is
// taken for one without a scheme.
func URL(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if ok {
		scheme += "://"
	} else {
		scheme, rest = "", s
	}
	rest, fragment, isFragment := strings.Cut(rest, "#")
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	authority, target := rest[:end], rest[end:]
	path, query, has := strings.Cut(target, "?")
	switch whole := authority + path; {
	case strings.Contains(authority, "@"), strings.Contains(path, "@") && !isAddress(authority):
		// Of a password with a slash in it a part stands in the path, or all of it.
		authority, path = Hidden+whole[strings.LastIndexByte(whole, '@'):], ""
	case strings.Contains(target+fragment, "@") && !hasPort(authority):
		return scheme + Hidden // it has "?" or "#" in it, and nobody can say where it ends
	}
	if has {
		path += "?" + values(query)
	}
	if isFragment {
		path += "#" + Hidden
	}
	return scheme + authority + path
}

// isAddress reports whether the host of an authority is an IP address, which is nobody's
// name: an "@" behind it is one of the path.
func isAddress(authority string) bool {
	if _, err := netip.ParseAddrPort(authority); err == nil {
		return true
	}
	_, err := netip.ParseAddr(strings.Trim(authority, "[]"))
	return err == nil
}

// hasPort reports whether what stands behind the host of an authority is a port or nothing,
// and not the beginning of a password.
func hasPort(authority string) bool {
	if isAddress(authority) {
		return true
	}
	_, port, has := strings.Cut(authority, ":")
	return !has || !strings.ContainsFunc(port, func(r rune) bool { return r < '0' || r > '9' })
}

// Host returns host and port of an address, or "" when they can't be told from a password.
func Host(s string) string {
	_, rest, ok := strings.Cut(URL(s), "://")
	if !ok {
		return ""
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return strings.TrimPrefix(strings.TrimPrefix(rest, Hidden), "@")
}

// values hides the values of a query, and what has no name. Some cameras want
// question marks or semicolons between its parts.
func values(query string) string {
	var b strings.Builder
	for {
		end := strings.IndexAny(query, "&?;")
		part := query
		if end >= 0 {
			part = query[:end]
		}
		if name, value, ok := strings.Cut(part, "="); ok && value != "" {
			b.WriteString(name + "=" + Hidden)
		} else if ok || part == "" {
			b.WriteString(part)
		} else {
			b.WriteString(Hidden)
		}
		if end < 0 {
			return b.String()
		}
		b.WriteByte(query[end])
		query = query[end+1:]
	}
}

// address is one in a text, which ends with a space or a quotation mark; one that Go has
// quoted has a backslash before those of its own.
var address = regexp.MustCompile(scheme + `(?:\\.|[^\s"])+`)

const scheme = `[A-Za-z][A-Za-z0-9+.-]*://`

// Text returns a text with each address in it as URL returns it.
func Text(s string) string { return address.ReplaceAllStringFunc(s, URL) }

var whole = regexp.MustCompile(`^\s*` + scheme)

// Value returns the value of an option, which is an address as a whole if it begins as one,
// whatever it holds, and else a text.
func Value(s string) string {
	if whole.MatchString(s) {
		return URL(s)
	}
	return Text(s)
}
