package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"
)

// How long and how many passwords that were right are known to be.
const (
	verifiedFor = time.Minute
	maxVerified = 1000
)

// verified remembers for a moment which passwords were right, so that a client
// that sends one with every request does not have it hashed for every request.
// It keeps no password, but a hash with a key that dies with the program, over
// what is stored of the user's password too: a change of it is noticed.
type verified struct {
	key []byte

	mu    sync.Mutex
	until map[[sha256.Size]byte]time.Time
}

func newVerified() *verified {
	key := make([]byte, sha256.Size)
	rand.Read(key) // never fails
	return &verified{key: key, until: make(map[[sha256.Size]byte]time.Time)}
}

func (v *verified) sum(hash, password string) (sum [sha256.Size]byte) {
	mac := hmac.New(sha256.New, v.key)
	mac.Write([]byte(hash + "\x00" + password))
	mac.Sum(sum[:0])
	return sum
}

// knows reports whether the password of the stored hash was right a moment ago.
func (v *verified) knows(hash, password string, now time.Time) bool {
	sum := v.sum(hash, password)
	v.mu.Lock()
	defer v.mu.Unlock()
	return now.Before(v.until[sum])
}

// add notes that it was right.
func (v *verified) add(hash, password string, now time.Time) {
	sum := v.sum(hash, password)
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.until) >= maxVerified {
		for k, until := range v.until {
			if !now.Before(until) {
				delete(v.until, k)
			}
		}
	}
	if len(v.until) < maxVerified {
		v.until[sum] = now.Add(verifiedFor)
	}
}
