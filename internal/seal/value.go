package seal

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"camhub/internal/camera"
)

// A sealed value is a JSON object with one key, which no object of secrets can have: the
// name of a header has no spaces. {"sealed by camhub":"1.<ID of the key>.<base64url of nonce and ciphertext>"}.
const (
	marker  = "sealed by camhub"
	version = "1"
)

// padTo is the unit of length of what is sealed, so that the length of a sealed
// password says little. The padding is space, which JSON allows behind a value.
const padTo = 64

// maxSealed bounds what is opened: far more than any option.
const maxSealed = 1 << 20

var encoding = base64.RawURLEncoding.Strict()

// Why a value can't be opened.
var (
	ErrOtherKey = errors.New("seal: sealed with another key")
	ErrDamaged  = errors.New("seal: damaged, or of another place")
)

// IsSealed reports whether a JSON value is a sealed one, of this form or a later.
func IsSealed(value json.RawMessage) bool {
	_, ok := token(value)
	return ok
}

// token returns what is in a sealed value.
func token(value json.RawMessage) (string, bool) {
	if !bytes.Contains(value, []byte(marker)) || len(value) > maxSealed {
		return "", false
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(value, &object) != nil || len(object) != 1 {
		return "", false
	}
	var text string
	if json.Unmarshal(object[marker], &text) != nil {
		return "", false
	}
	return text, true
}

// additional binds a value to its place: it opens nowhere else.
func additional(id camera.ID, field string) []byte {
	return []byte("camhub secret " + version + "\x00" + string(id) + "\x00" + field)
}

func (k Key) aead() cipher.AEAD {
	a, err := chacha20poly1305.NewX(k.secret[:])
	if err != nil {
		panic(err) // the length of the key is right
	}
	return a
}

// Seal returns a JSON value sealed with the first key, for one field of one camera. The
// nonce is random: 24 bytes, of which no two are alike in any number of writes.
// It panics when the ring is empty.
func (r Ring) Seal(id camera.ID, field string, value json.RawMessage) json.RawMessage {
	k := r[0]
	n := (len(value) + padTo - 1) / padTo * padTo
	plain := append(bytes.Clone(value), bytes.Repeat([]byte(" "), n-len(value))...)
	nonce := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+n+chacha20poly1305.Overhead)
	rand.Read(nonce) // never fails
	sealed := k.aead().Seal(nonce, nonce, plain, additional(id, field))
	text := version + "." + k.ID() + "." + encoding.EncodeToString(sealed)
	return json.RawMessage(`{"` + marker + `":"` + text + `"}`) // nothing in it needs escaping
}

// Open returns the JSON value that was sealed for a field of a camera. The error is or
// wraps ErrOtherKey, when none of the keys is the one, or ErrDamaged.
func (r Ring) Open(id camera.ID, field string, sealed json.RawMessage) (json.RawMessage, error) {
	text, ok := token(sealed)
	form, rest, _ := strings.Cut(text, ".")
	keyID, body, isWhole := strings.Cut(rest, ".")
	if !ok || form != version || !isWhole {
		return nil, fmt.Errorf("%w: not a sealed value of form %s", ErrDamaged, version)
	}
	k, ok := r.find(keyID)
	if !ok {
		return nil, ErrOtherKey
	}
	b, err := encoding.DecodeString(body)
	if err != nil || len(b) < chacha20poly1305.NonceSizeX {
		return nil, fmt.Errorf("%w: not base64", ErrDamaged)
	}
	nonce, sum := b[:chacha20poly1305.NonceSizeX], b[chacha20poly1305.NonceSizeX:]
	plain, err := k.aead().Open(nil, nonce, sum, additional(id, field))
	if err != nil {
		return nil, ErrDamaged
	}
	plain = bytes.TrimRight(plain, " ")
	if !json.Valid(plain) {
		return nil, fmt.Errorf("%w: not JSON", ErrDamaged)
	}
	return plain, nil
}

// Has reports whether a sealed value is one of a key of the ring, which may be damaged.
func (r Ring) Has(sealed json.RawMessage) bool {
	text, _ := token(sealed)
	_, rest, _ := strings.Cut(text, ".")
	id, _, _ := strings.Cut(rest, ".")
	_, ok := r.find(id)
	return ok
}

// isCurrent reports whether a sealed value is one of the first key.
func (r Ring) isCurrent(sealed json.RawMessage) bool {
	text, _ := token(sealed)
	return strings.HasPrefix(text, version+"."+r[0].ID()+".")
}
