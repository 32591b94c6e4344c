package auth

import (
	"strings"
	"testing"
)

func TestHashesAreOfTheirPasswordOnly(t *testing.T) {
	a, b := hashPassword("correct horse"), hashPassword("correct horse")
	if a == b {
		t.Error("two hashes are alike: no salt")
	}
	if !matches(a, "correct horse") || matches(a, "correct horsf") || matches(a, "") || matches("", "") {
		t.Error("a password does not match its hash, or another does")
	}
}

// TestStrength holds what new passwords are hashed with to OWASP's least, whatever
// the tests use.
func TestStrength(t *testing.T) {
	p, salt, key, err := parseHash("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	if err != nil || p != (params{19456, 2, 1}) || len(salt) != saltBytes || len(key) != keyBytes {
		t.Errorf("%+v, %d, %d, %v", p, len(salt), len(key), err)
	}
	if defaultStrength != p {
		t.Errorf("passwords are hashed with %+v", defaultStrength)
	}
}

func TestHashesThatAreNone(t *testing.T) {
	good := hashPassword("x")
	for _, bad := range []string{
		"", "$", "plain", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=64", "m=99999999", 1), strings.Replace(good, "m=64", "m=1", 1), strings.Replace(good, "t=1", "t=0", 1),
		strings.Replace(good, "p=1", "p=0", 1), strings.Replace(good, "t=1", "t=1000", 1), good + "=", good + "$", good[:len(good)-30],
		strings.Replace(good, "m=64", "m=064", 1),
	} {
		if _, _, _, err := parseHash(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func FuzzParseHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=8,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, s string) {
		p, salt, key, err := parseHash(s)
		if err == nil && (formatHash(p, salt, key) != s || p.memory > maxMemory || p.time > maxTime) {
			t.Errorf("%q is read as %+v", s, p)
		}
	})
}

func FuzzReadDevice(f *testing.F) {
	key := []byte("0123456789abcdef0123456789abcdef")
	f.Add("ann", newDevice(key, "ann"))
	f.Add("ann", "ann:x:y")
	f.Fuzz(func(t *testing.T, user, value string) {
		nonce, ok := readDevice(key, user, value)
		if ok && value != user+":"+nonce+":"+deviceMAC(key, user, nonce) {
			t.Errorf("%q is a device of %q", value, user)
		}
	})
}

func FuzzHostname(f *testing.F) {
	for _, host := range []string{"localhost:8080", "[::1]:80", "127.0.0.1", "a.example.", "[fe80::1%25eth0]:1", "::1", ":", "[]"} {
		f.Add(host)
	}
	f.Fuzz(func(t *testing.T, host string) {
		if isLoopback(host) && !isOurs(host, nil) {
			t.Errorf("%q is this machine, and strange", host)
		}
		if strings.Contains(host, "example") && !strings.ContainsAny(host, "[]:%") && strings.Contains(host, ".com") && isLoopback(host+".com") {
			t.Errorf("%q is this machine", host)
		}
	})
}
