package auth

import (
	"net/http/httptest"
	"testing"

	"camhub/internal/access"
)

// BenchmarkHash is what a sign-in costs.
func BenchmarkHash(b *testing.B) {
	salt := make([]byte, saltBytes)
	for b.Loop() {
		defaultStrength.key("correct horse battery staple", salt, keyBytes)
	}
}

// BenchmarkGuard is what the guard adds to a request with a session.
func BenchmarkGuard(b *testing.B) {
	r := newRig(b, Config{})
	r.add("ann", access.Admin, access.Grants{})
	cookie := r.signIn("ann")
	req := httptest.NewRequest("GET", "http://localhost/look", nil)
	req.Header.Set("Cookie", cookie)
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		if r.handler.ServeHTTP(w, req); w.Code != 200 {
			b.Fatal(w.Code)
		}
	}
}
