package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// A device cookie says that somebody signed in as a user with this browser
// before. It is no right to anything, but the limit on tries of the account does
// not hold for it, so that strangers who guess can't keep the user out
// (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").

// newDevice returns the value of a device cookie of a user.
func newDevice(key []byte, user string) string {
	nonce := rand.Text()
	return user + ":" + nonce + ":" + deviceMAC(key, user, nonce)
}

func deviceMAC(key []byte, user, nonce string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("device\x00" + user + "\x00" + nonce))
	return hex.EncodeToString(mac.Sum(nil))
}

// readDevice returns what names the browser, if value is a device cookie of the
// user.
func readDevice(key []byte, user, value string) (nonce string, ok bool) {
	parts := strings.Split(value, ":") // which no name of a user holds
	if len(parts) != 3 || parts[0] != user {
		return "", false
	}
	return parts[1], hmac.Equal([]byte(parts[2]), []byte(deviceMAC(key, user, parts[1])))
}
