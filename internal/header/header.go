// Package header checks names of HTTP header fields (RFC 9110).
package header

// IsToken reports whether s is a token (RFC 9110 5.6.2), as the names of header
// fields are. It does not allocate.
func IsToken[S ~string | ~[]byte](s S) bool {
	for i := range len(s) {
		if !tokens[s[i]] {
			return false
		}
	}
	return len(s) > 0
}

// tokens says of each byte whether it may stand in a token.
var tokens = func() (t [256]bool) {
	const marks = "!#$%&'*+-.^_`|~"
	for c := range t {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		t[c] = letter || c >= '0' && c <= '9'
	}
	for i := range len(marks) {
		t[marks[i]] = true
	}
	return t
}()
