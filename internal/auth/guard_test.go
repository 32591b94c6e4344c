package auth

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/fault"
)

// TestHostsOfAHubWithoutLogin holds against DNS rebinding: a page of a stranger
// whose name leads here is not answered.
func TestHostsOfAHubWithoutLogin(t *testing.T) {
	tests := []struct {
		cfg    Config
		header []string
		status int
	}{
		{Config{Loopback: true}, []string{"Host", "localhost:8080"}, 200},
		{Config{Loopback: true}, []string{"Host", "LOCALHOST."}, 200},
		{Config{Loopback: true}, []string{"Host", "127.0.0.1:8080"}, 200},
		{Config{Loopback: true}, []string{"Host", "127.8.8.8"}, 200},
		{Config{Loopback: true}, []string{"Host", "[::1]:8080"}, 200},
		{Config{Loopback: true}, []string{"Host", "cam.localhost"}, 200},
		{Config{Loopback: true}, []string{"Host", "evil.example"}, 421},
		{Config{Loopback: true}, []string{"Host", "localhost.evil.example"}, 421},
		{Config{Loopback: true}, []string{"Host", "127.0.0.1.nip.io"}, 421},
		{Config{Loopback: true}, []string{"Host", "10.0.0.5"}, 421},
		{Config{Loopback: true}, []string{"Host", "0.0.0.0"}, 421},
		{Config{Loopback: true}, []string{"Host", ""}, 421},
		{Config{Loopback: true}, []string{"Host", "localhost", "X-Forwarded-For", "203.0.113.5"}, 403},
		{Config{Loopback: true}, []string{"Host", "localhost", "Forwarded", "for=203.0.113.5"}, 403},
		{Config{}, []string{"Host", "localhost"}, 503},
		{Config{Insecure: true}, []string{"Host", "10.0.0.5:8080"}, 200},
		{Config{Insecure: true}, []string{"Host", "hub"}, 200},
		{Config{Insecure: true}, []string{"Host", "hub.local"}, 200},
		{Config{Insecure: true}, []string{"Host", "evil.example"}, 421},
		{Config{Insecure: true, AllowedHosts: []string{"cams.example"}}, []string{"Host", "cams.example:443"}, 200},
		{Config{Insecure: true, AllowedHosts: []string{"cams.example"}}, []string{"Host", "x.cams.example"}, 421},
	}
	for _, tt := range tests {
		if w := newRig(t, tt.cfg).do("GET", "/look", "", tt.header...); w.Code != tt.status {
			t.Errorf("%+v %q: %d %s", tt.cfg, tt.header, w.Code, w.Body)
		}
	}
	r := newRig(t, Config{Loopback: true})
	r.add("ann", access.Admin, access.Grants{})
	if w := r.do("GET", "/look", "", "Host", "localhost"); w.Code != http.StatusUnauthorized {
		t.Errorf("with a user, this machine gets %d", w.Code)
	}
	if w := r.do("GET", "/look", "", "Host", "cams.example", "Cookie", r.signIn("ann")); w.Code != http.StatusOK {
		t.Errorf("a user by another name gets %d", w.Code)
	}
}

// TestRightsThatEndEndWhatRuns takes each kind of right away while a feed runs.
func TestRightsThatEndEndWhatRuns(t *testing.T) {
	one := access.Grants{Cameras: []camera.ID{"a"}}
	tests := []struct {
		name   string
		header func(r *rig) []string
		end    func(r *rig) error
	}{
		{"user removed", session, func(r *rig) error { return r.RemoveUser(r.t.Context(), "bob") }},
		{"camera taken away", session, func(r *rig) error {
			_, err := r.ChangeUser(r.t.Context(), "bob", UserPatch{Grants: &access.Grants{}}, "")
			return err
		}},
		{"password changed", session, func(r *rig) error {
			password := "a new password"
			_, err := r.ChangeUser(r.t.Context(), "bob", UserPatch{Password: &password}, "")
			return err
		}},
		{"session revoked", session, func(r *rig) error { return r.dropAll(r.sessionsOf("bob", "")) }},
		{"token revoked", token, func(r *rig) error { return r.dropAll([]string{access.Hash("camhub_t")}) }},
		{"user of a token removed", token, func(r *rig) error { return r.RemoveUser(r.t.Context(), "bob") }},
		{"password of Basic changed", basic, func(r *rig) error {
			password := "a new password"
			_, err := r.ChangeUser(r.t.Context(), "bob", UserPatch{Password: &password}, "")
			return err
		}},
		{"link withdrawn", shareLink, func(r *rig) error { return r.dropAll([]string{access.Hash("LINK")}) }},
		{"maker of a link removed", shareLink, func(r *rig) error { return r.RemoveUser(r.t.Context(), "bob") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, Config{})
			r.add("ann", access.Admin, access.Grants{})
			r.add("bob", access.Operator, one)
			done := r.feed(t, tt.header(r)...)
			if err := tt.end(r); err != nil {
				t.Fatal(err)
			}
			select {
			case w := <-done:
				if w.Body.String() != access.ErrRevoked.Error() {
					t.Errorf("it ended with %d %q", w.Code, w.Body)
				}
			case <-time.After(time.Minute):
				t.Fatal("it goes on")
			}
		})
	}
}

func session(r *rig) []string { return []string{"Cookie", r.signIn("bob")} }

func basic(*rig) []string {
	req, _ := http.NewRequest("GET", "/", nil)
	req.SetBasicAuth("bob", "password of bob")
	return []string{"Authorization", req.Header.Get("Authorization")}
}

func token(r *rig) []string {
	t := access.Token{Hash: access.Hash("camhub_t"), ID: "t", User: "bob", Role: access.Viewer, Grants: access.Everything()}
	if err := r.change(access.Change{PutTokens: []access.Token{t}}); err != nil {
		r.t.Fatal(err)
	}
	return []string{"Authorization", "Bearer camhub_t"}
}

func shareLink(r *rig) []string {
	v := access.Share{Hash: access.Hash("LINK"), ID: "l", User: "bob", Camera: "a", ExpiresAt: time.Now().Add(time.Hour)}
	if err := r.change(access.Change{PutShares: []access.Share{v}}); err != nil {
		r.t.Fatal(err)
	}
	return []string{"Share", "LINK"}
}

// lastHour is a session that ends in an hour.
func lastHour(r *rig) []string {
	now := time.Now()
	v := access.Session{Hash: access.Hash("LAST"), ID: "s", User: "bob", CreatedAt: now, UsedAt: now, ExpiresAt: now.Add(time.Hour)}
	if err := r.change(access.Change{PutSessions: []access.Session{v}}); err != nil {
		r.t.Fatal(err)
	}
	return []string{"Cookie", "camhub=LAST"}
}

func (s *Service) dropAll(hashes []string) error { return s.change(access.Change{Drop: hashes}) }

// feed opens a feed and returns where its answer will come.
func (r *rig) feed(t *testing.T, header ...string) <-chan *httptest.ResponseRecorder {
	t.Helper()
	path, done := "/cameras/a/feed", make(chan *httptest.ResponseRecorder, 1)
	if header[0] == "Share" {
		path, header = path+"?share="+header[1], nil
	}
	go func() { done <- r.do("GET", path, "", header...) }()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		r.Service.mu.Lock()
		n := len(r.uses)
		r.Service.mu.Unlock()
		if n > 0 {
			return done
		}
		if time.Now().After(deadline) {
			t.Fatalf("the feed does not begin: %v", <-done)
		}
	}
}

// TestTimeEndsRights lets a link and a session expire, and a camera move to
// another group, while a feed of each runs.
func TestTimeEndsRights(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Config{})
		r.add("ann", access.Admin, access.Grants{})
		r.add("bob", access.Operator, access.Grants{Groups: []string{"outside"}})
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan struct{})
		go func() {
			defer close(ran)
			r.Run(ctx)
		}()
		ends := func(what string, after time.Duration, header []string, change func()) {
			began := time.Now()
			done := make(chan *httptest.ResponseRecorder, 1)
			path := "/cameras/a/feed"
			if header[0] == "Share" {
				path, header = path+"?share="+header[1], nil
			}
			go func() { done <- r.do("GET", path, "", header...) }()
			synctest.Wait()
			change()
			w := <-done
			took := time.Since(began)
			if w.Body.String() != access.ErrRevoked.Error() || took < after || took > after+5*time.Second {
				t.Errorf("%s: %d %q after %v, want %v", what, w.Code, w.Body, took, after)
			}
		}
		ends("a link", time.Hour, shareLink(r), func() {})
		ends("a session", time.Hour, lastHour(r), func() {}) // though it is in use
		ends("a camera that moves", 0, session(r), func() {
			r.mu.Lock()
			r.groups["a"] = "inside"
			r.mu.Unlock()
		})
		cookie := r.signIn("ann")
		time.Sleep(sessionIdle - time.Hour)
		if w := r.do("GET", "/look", "", "Cookie", cookie); w.Code != http.StatusOK {
			t.Errorf("a session that is used now and then: %d", w.Code)
		}
		time.Sleep(sessionIdle + time.Minute)
		if w := r.do("GET", "/look", "", "Cookie", cookie); w.Code != http.StatusUnauthorized {
			t.Errorf("a session that nobody uses: %d", w.Code)
		}
		cancel()
		<-ran
		if st, err := r.db.Access(); err != nil || len(st.Sessions) != 0 || len(st.Shares) != 0 {
			t.Errorf("what has expired is still stored: %+v, %v", st, err)
		}
	})
}

// TestPasswordOfEveryRequestIsHashedOnce shows that a client of HTTP Basic does
// not wait for its turn to hash once it is known.
func TestPasswordOfEveryRequestIsHashedOnce(t *testing.T) {
	r := newRig(t, Config{})
	r.add("bob", access.Admin, access.Grants{})
	if w := r.do("GET", "/look", "", basic(r)...); w.Body.String() != "bob" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for range cap(r.hashers.strangers.now) {
		r.hashers.strangers.now <- struct{}{} // nobody can hash
	}
	if w := r.do("GET", "/look", "", basic(r)...); w.Body.String() != "bob" {
		t.Errorf("again: %d %s", w.Code, w.Body)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req := httptest.NewRequest("GET", "http://localhost/look", nil).WithContext(ctx)
	req.SetBasicAuth("bob", "wrong")
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, req)
	if strings.Contains(w.Body.String(), "bob") {
		t.Error("a wrong password is taken")
	}
}

// TestRestartKeepsSessionsAndUsers opens the store again.
func TestRestartKeepsSessionsAndUsers(t *testing.T) {
	r := newRig(t, Config{})
	r.add("ann", access.Admin, access.Grants{})
	cookie := r.signIn("ann")
	again, err := New(r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest("GET", "http://localhost/", nil)
	req.Header.Set("Cookie", cookie)
	if c := again.bySession(req); c.user == nil || c.user.Name != "ann" || again.Mode() != Users || again.SetupCode() != "" {
		t.Errorf("after a restart: %+v %s", c, again.Mode())
	}
	st, err := r.db.Access()
	if err != nil || strings.Contains(cookie, st.Sessions[0].Hash) || strings.Contains(st.Users[0].Password, "password of") {
		t.Errorf("a secret is stored as it is: %+v, %v", st, err)
	}
}

// TestQueueForAHashIsBounded fills the queue of strangers: the next one is told
// at once, and those who are known have their own.
func TestQueueForAHashIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHashers()
		for range cap(h.strangers.now) {
			h.strangers.now <- struct{}{} // somebody hashes
		}
		if n := cap(h.strangers.places); n > maxWaiting+cap(h.strangers.now) {
			t.Errorf("%d may wait", n)
		}
		var wg sync.WaitGroup
		var gaveUp atomic.Int64
		for range cap(h.strangers.places) {
			wg.Go(func() {
				if err := h.do(t.Context(), false, func() { t.Error("somebody hashes") }); fault.KindOf(err) == fault.TooMany {
					gaveUp.Add(1)
				}
			})
		}
		synctest.Wait()
		began, ran := time.Now(), false
		if err := h.do(t.Context(), false, func() { ran = true }); fault.KindOf(err) != fault.TooMany || ran || time.Since(began) != 0 {
			t.Errorf("one too many: %v, ran %v, after %v", err, ran, time.Since(began))
		}
		if err := h.do(t.Context(), true, func() { ran = true }); err != nil || !ran {
			t.Errorf("a known browser: %v", err)
		}
		wg.Wait()
		if got := int(gaveUp.Load()); got != cap(h.strangers.places) || time.Since(began) != hashWait {
			t.Errorf("%d gave up after %v", got, time.Since(began))
		}
		<-h.strangers.now
		if err := h.do(t.Context(), false, func() {}); err != nil {
			t.Errorf("when it is free again: %v", err)
		}
	})
}
