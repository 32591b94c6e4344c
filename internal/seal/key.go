package seal

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
)

// keyLen is the length of a key in bytes.
const keyLen = 32

// Key seals values. It is never shown but by Text: in a log or an error stands its
// ID. The zero Key is none.
type Key struct{ secret [keyLen]byte }

// NewKey returns a random key.
func NewKey() Key {
	var k Key
	rand.Read(k.secret[:]) // never fails
	return k
}

// errKey does not repeat what was given: it may be a key with one wrong character.
var errKey = errors.New("a key must be 32 bytes, as 64 hex digits or 43 characters of base64 (camhub key new prints one)")

// ParseKey reads a key of 32 bytes: 64 hex digits, or base64, of either alphabet and
// with or without padding. Space around it is dropped.
func ParseKey(text string) (Key, error) {
	text = strings.TrimSpace(text)
	var b []byte
	var err error
	if len(text) == hex.EncodedLen(keyLen) {
		b, err = hex.DecodeString(text)
	} else {
		plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
		b, err = base64.RawStdEncoding.Strict().DecodeString(plain)
	}
	if err != nil || len(b) != keyLen {
		return Key{}, errKey
	}
	k := Key{[keyLen]byte(b)}
	if k == (Key{}) {
		return k, errors.New("a key must not be all zeros")
	}
	return k, nil
}

// Text returns the key as ParseKey reads it.
func (k Key) Text() string { return base64.RawStdEncoding.EncodeToString(k.secret[:]) }

// ID returns 16 hex digits that tell the key from others, and nothing about it.
func (k Key) ID() string {
	sum := sha256.Sum256(append([]byte("camhub key id\x00"), k.secret[:]...))
	return hex.EncodeToString(sum[:8])
}

// String implements fmt.Stringer, without the key.
func (k Key) String() string { return "key " + k.ID() }

// Format implements fmt.Formatter: no verb shows the key.
func (k Key) Format(f fmt.State, _ rune) { io.WriteString(f, k.String()) } // who formats sees the error

// LogValue implements slog.LogValuer, without the key.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.ID()) }

// MarshalText implements encoding.TextMarshaler, without the key.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.ID()), nil }

// Ring is the keys that values may be sealed with. The first seals; the others only
// open what was sealed before. It does not change.
type Ring []Key

// maxKeys bounds how many keys a ring has: each is one rotation that did not end.
const maxKeys = 16

// ParseRing reads keys with commas, spaces or line ends between them.
func ParseRing(text string) (Ring, error) {
	var ring Ring
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) }) {
		k, err := ParseKey(word)
		if err != nil {
			return nil, err
		}
		ring = ring.With(k)
	}
	switch {
	case len(ring) == 0:
		return nil, errKey
	case len(ring) > maxKeys:
		return nil, errors.New("there are too many keys")
	}
	return ring, nil
}

// With returns the ring with more keys behind its own, each once.
func (r Ring) With(more ...Key) Ring {
	r = slices.Clone(r)
	for _, k := range more {
		if !slices.Contains(r, k) {
			r = append(r, k)
		}
	}
	return r
}

// find returns the key with an ID.
func (r Ring) find(id string) (Key, bool) {
	i := slices.IndexFunc(r, func(k Key) bool { return k.ID() == id })
	if i < 0 {
		return Key{}, false
	}
	return r[i], true
}
