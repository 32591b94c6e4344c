package jpegstream

import "strings"

// Boundary finds the boundary parameter in a Content-Type, and reports whether
// the type is a multipart one at all. It takes what mime.ParseMediaType
// refuses: odd case, no space, a quote at one end only, other parameters
// before and behind.
func Boundary(contentType string) (boundary string, multipart bool) {
	mediaType, params, _ := strings.Cut(contentType, ";")
	multipart = hasPrefixFold(strings.TrimSpace(mediaType), "multipart/")
	for params != "" {
		params = strings.TrimLeft(params, "; \t")
		if !hasPrefixFold(params, "boundary") {
			_, params, _ = strings.Cut(params, ";")
			continue
		}
		value, ok := strings.CutPrefix(strings.TrimLeft(params[len("boundary"):], " \t"), "=")
		if !ok {
			_, params, _ = strings.Cut(params, ";")
			continue
		}
		return unquote(strings.TrimSpace(value)), multipart
	}
	return "", multipart
}

// unquote takes a parameter value up to its closing quote, if it has an
// opening one, or else up to the next parameter.
func unquote(s string) string {
	if inner, ok := strings.CutPrefix(s, `"`); ok {
		if value, _, ok := strings.Cut(inner, `"`); ok {
			return value
		}
		s = inner
	}
	s, _, _ = strings.Cut(s, ";")
	return strings.Trim(s, "\" \t'")
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
