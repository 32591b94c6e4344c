package access

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/fault"
)

// Limits of what is kept.
const (
	maxGrants   = 1000 // cameras, and groups
	maxText     = 100  // characters of a name for people
	minPassword = 8    // characters
	maxPassword = 1024 // bytes, which the hash has to read
)

var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{0,62}$`)

// validName reports whether name may be a user's: short, in lower case, and
// without what HTTP Basic or a path could not carry.
func validName(name string) bool { return namePattern.MatchString(name) }

// CheckName says what is wrong with the name of a user, or "".
func CheckName(name string) string {
	if validName(name) {
		return ""
	}
	return "must be 1 to 63 of a-z, 0-9, ., _, @ and -, and begin with a letter or digit"
}

// CheckPassword says what is wrong with a new password, or "". Length is what
// counts (NIST SP 800-63B, section 3.1.1); no kinds of characters are asked for.
func CheckPassword(user, password string) string {
	switch {
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return "must be text without control characters"
	case len(password) > maxPassword:
		return fmt.Sprintf("must have at most %d bytes", maxPassword)
	case utf8.RuneCountInString(password) < minPassword:
		return fmt.Sprintf("must have at least %d characters", minPassword)
	case strings.EqualFold(password, user):
		return "must not be the user's name"
	}
	return ""
}

// CheckText says what is wrong with a name for people, or "".
func CheckText(s string) string {
	n := utf8.RuneCountInString(s)
	hidden := func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, hidden) || n < 1 || n > maxText || strings.TrimSpace(s) == "" {
		return fmt.Sprintf("must have 1 to %d visible characters", maxText)
	}
	return ""
}

// Check appends the faults of g below the pointer at.
func (g *Grants) Check(at string, errs *multierror.Error) *multierror.Error {
	if len(g.Cameras) > maxGrants {
		errs = multierror.Append(errs, fault.Fieldf(at+"/cameras", "must be at most %d", maxGrants))
		return errs
	}
	for i, id := range g.Cameras {
		if !id.Valid() {
			errs = multierror.Append(errs, fault.Fieldf(fmt.Sprintf("%s/cameras/%d", at, i), "is not the id of a camera"))
		}
	}
	if len(g.Groups) > maxGrants {
		errs = multierror.Append(errs, fault.Fieldf(at+"/groups", "must be at most %d", maxGrants))
		return errs
	}
	for i, group := range g.Groups {
		if detail := CheckText(group); detail != "" {
			errs = multierror.Append(errs, fault.Fieldf(fmt.Sprintf("%s/groups/%d", at, i), "%s", detail))
		}
	}
	return errs
}

// Hash returns what is kept of a secret that the hub made: such a secret has
// 128 random bits or more, so that a plain hash can't be turned back.
func Hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
