package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"camhub/internal/fault"
)

// params are those of Argon2id (RFC 9106).
type params struct {
	memory uint32 // KiB
	time   uint32 // passes
	lanes  uint8
}

// defaultStrength is what new passwords are hashed with: the least that OWASP's
// Password Storage Cheat Sheet asks for, since a Raspberry Pi has to do it too.
var defaultStrength = params{memory: 19 << 10, time: 2, lanes: 1}

var strength = defaultStrength // lowered by tests

// What a stored hash may ask for. The store is ours, but a file from elsewhere
// must not take all memory.
const (
	maxMemory = 256 << 10 // KiB
	maxTime   = 16
	maxLanes  = 16
	saltBytes = 16
	keyBytes  = 32
)

// hashPassword returns a password as it is kept, in the PHC string format.
func hashPassword(password string) string {
	salt := make([]byte, saltBytes)
	rand.Read(salt) // never fails
	return formatHash(strength, salt, strength.key(password, salt, keyBytes))
}

func (p params) key(password string, salt []byte, n uint32) []byte {
	return argon2.IDKey([]byte(password), salt, p.time, p.memory, p.lanes, n)
}

var b64 = base64.RawStdEncoding.Strict()

func formatHash(p params, salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.time, p.lanes,
		b64.EncodeToString(salt), b64.EncodeToString(key))
}

// parseHash reads a hash in the PHC string format, as formatHash writes it.
func parseHash(s string) (p params, salt, key []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, nil, nil, errors.New("not a hash of argon2id")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.lanes); err != nil {
		return p, nil, nil, fmt.Errorf("parameters of a hash: %w", err)
	}
	if p.memory < 8*uint32(p.lanes) || p.memory > maxMemory || p.time < 1 || p.time > maxTime || p.lanes < 1 || p.lanes > maxLanes {
		return p, nil, nil, errors.New("parameters of a hash: out of range")
	}
	if salt, err = b64.DecodeString(parts[4]); err == nil {
		key, err = b64.DecodeString(parts[5])
	}
	if err != nil || len(salt) < 8 || len(salt) > 64 || len(key) < 16 || len(key) > 64 {
		return p, nil, nil, errors.New("salt or key of a hash: not valid")
	}
	if formatHash(p, salt, key) != s {
		return p, nil, nil, errors.New("a hash that is not written as usual")
	}
	return p, salt, key, nil
}

// matches reports whether password is the one that was hashed. It takes as long
// for a wrong one as for the right one.
func matches(hash, password string) bool {
	p, salt, key, err := parseHash(hash)
	if err != nil {
		return false
	}
	return subtle.ConstantTimeCompare(key, p.key(password, salt, uint32(len(key)))) == 1
}

// hashWait bounds the wait for a turn to hash.
const hashWait = 5 * time.Second

// maxWaiting is how many wait for a turn at most: those that would not get it in
// time on a slow machine need not wait.
const maxWaiting = 50

// hashers bounds how many passwords are hashed at once, each of which takes
// 19 MiB and a core for a while, and how many wait for that. Browsers that are
// known have turns of their own, so that a flood of strangers does not keep people
// out.
type hashers struct {
	strangers, known turns
}

// turns is a queue with two bounds: places holds who waits or hashes, and now who
// hashes.
type turns struct{ places, now chan struct{} }

func newTurns(n int) turns {
	return turns{make(chan struct{}, n+maxWaiting), make(chan struct{}, n)}
}

func newHashers() *hashers {
	return &hashers{strangers: newTurns(max(1, runtime.GOMAXPROCS(0)/2)), known: newTurns(1)}
}

// errBusy is what one gets whose turn does not come.
var errBusy = fault.New(fault.TooMany, "Too many people sign in just now.")

// do runs f when it is its turn, or fails with errBusy or the error of ctx.
func (h *hashers) do(ctx context.Context, known bool, f func()) error {
	q := h.strangers
	if known {
		q = h.known
	}
	select {
	case q.places <- struct{}{}:
		defer func() { <-q.places }()
	default:
		return errBusy
	}
	wait := time.NewTimer(hashWait)
	defer wait.Stop()
	select {
	case q.now <- struct{}{}:
		defer func() { <-q.now }()
	case <-wait.C:
		return errBusy
	case <-ctx.Done():
		return ctx.Err()
	}
	f()
	return nil
}
