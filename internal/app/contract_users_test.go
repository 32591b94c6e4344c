package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const ownerPassword = "correct horse battery"

// own makes a hub that has an owner, called ann, and returns the header that
// stands for her. Her password must not be seen anywhere from then on.
func (h *testHub) own() []string {
	h.t.Helper()
	h.secrets = append(h.secrets, ownerPassword)
	h.want(http.StatusCreated, "POST", "/api/v1/users", fmt.Sprintf(`{"name":"ann","password":%q,"role":"admin"}`, ownerPassword))
	return basic("ann", ownerPassword)
}

// basic returns the header of HTTP Basic.
func basic(name, password string) []string {
	r, _ := http.NewRequest("GET", "http://hub/", nil)
	r.SetBasicAuth(name, password)
	return []string{"Authorization", r.Header.Get("Authorization")}
}

// addUser adds a user and returns the header that stands for him.
func (h *testHub) addUser(owner []string, name, role, grants string) []string {
	h.t.Helper()
	h.want(http.StatusCreated, "POST", "/api/v1/users",
		fmt.Sprintf(`{"name":%q,"password":"password of %s","role":%q,"grants":%s}`, name, name, role, grants), owner...)
	return basic(name, "password of "+name)
}

// secretOf returns the secret in an answer, which only that answer may show.
func (h *testHub) secretOf(a answer) string {
	h.t.Helper()
	secret := decode[struct{ Secret string }](h.t, a).Secret
	if secret == "" {
		h.t.Fatalf("no secret in %s", a.body)
	}
	h.secrets = append(h.secrets, secret)
	return secret
}

// cookies returns the Cookie header that a browser would send after an answer.
func cookies(a answer) []string {
	r := http.Response{Header: a.header}
	var pairs []string
	for _, c := range r.Cookies() {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	return []string{"Cookie", strings.Join(pairs, "; ")}
}

// settingUp gives a hub that only this machine reaches an owner.
func settingUp(t *testing.T, h *testHub) {
	if who := decode[map[string]any](t, h.want(http.StatusOK, "GET", "/api/v1/session", "")); who["role"] != "admin" || who["mode"] != "open" || who["name"] != "" {
		t.Errorf("before: %v", who)
	}
	h.secrets = append(h.secrets, ownerPassword)
	body := fmt.Sprintf(`{"name":"ann","password":%q}`, ownerPassword)
	a := h.want(http.StatusCreated, "POST", "/api/v1/setup", body)
	if c := a.header.Get("Set-Cookie"); !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") || !strings.HasPrefix(c, "camhub=") {
		t.Errorf("the cookie is %q", c)
	}
	h.want(http.StatusOK, "GET", "/api/v1/cameras", "", cookies(a)...)
	h.want(http.StatusUnauthorized, "GET", "/api/v1/cameras", "")
	h.want(http.StatusConflict, "POST", "/api/v1/setup", body)
}

// firstSetup looks at a hub that others could reach and that has no owner, then
// becomes that. (The test reaches it by the loopback address.)
func firstSetup(t *testing.T, c *contract) {
	h := startHubWith(t, c, Config{Listen: "0.0.0.0:0", DataDir: t.TempDir()})
	h.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	code := regexp.MustCompile(`/setup#([A-Z2-7]{26})\n`)
	eventually(t, "the link is printed", func() bool { return code.MatchString(h.out.String()) })
	secret := code.FindStringSubmatch(h.out.String())[1]
	h.secrets = append(h.secrets, secret, ownerPassword)
	for _, path := range []string{"/setup", "/healthz", "/static/base.css", "/favicon.ico"} {
		h.want(http.StatusOK, "GET", path, "")
	}
	for _, path := range []string{"/", "/login", "/cameras/a"} {
		if to := h.want(http.StatusSeeOther, "GET", path, "", "Accept", "text/html").header.Get("Location"); to != "/setup" {
			t.Errorf("%s leads to %q", path, to)
		}
	}
	for _, o := range c.operations() { // each of which would say so if the guard let it through
		r, err := http.NewRequest(o.method, h.url+o.path("a"), strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := h.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		public := slices.Contains([]string{"/setup", "/healthz", "/readyz", "/favicon.ico", "/static/{file}", "/api/v1/setup"}, o.template)
		if got := resp.StatusCode == http.StatusServiceUnavailable; got == public {
			t.Errorf("%s %s: %d", o.method, o.template, resp.StatusCode)
		}
	}
	body := func(code string) string {
		return fmt.Sprintf(`{"name":"ann","password":%q,"code":%q}`, ownerPassword, code)
	}
	for _, wrong := range []string{"", "x", strings.Repeat("A", 26), strings.ToLower(secret)} {
		h.refused(t, "POST", "/api/v1/setup", body(wrong), "/code")
	}
	made := h.want(http.StatusCreated, "POST", "/api/v1/setup", body(secret))
	h.want(http.StatusOK, "GET", "/api/v1/cameras", "", cookies(made)...)
	h.want(http.StatusUnauthorized, "GET", "/api/v1/cameras", "")
	h.want(http.StatusConflict, "POST", "/api/v1/setup", body(secret))
}

// lifeOfAUser adds, changes and removes users, and holds on to the last admin.
func lifeOfAUser(t *testing.T, h *testHub) {
	h.add("a")
	h.add("b")
	ann := h.own()
	h.want(http.StatusConflict, "POST", "/api/v1/users", `{"name":"ann","password":"something else","role":"admin"}`, ann...)
	bob := h.addUser(ann, "bob", "viewer", `{"cameras":["a"]}`)
	list := decode[struct{ Users []struct{ Name, Role string } }](t, h.want(http.StatusOK, "GET", "/api/v1/users", "", ann...))
	if fmt.Sprint(list.Users) != "[{ann admin} {bob viewer}]" {
		t.Errorf("users: %v", list)
	}
	h.want(http.StatusNotFound, "GET", "/api/v1/cameras/b", "", bob...)
	h.want(http.StatusOK, "PATCH", "/api/v1/users/bob", `{"grants":{"cameras":["b"]}}`, ann...)
	h.want(http.StatusOK, "GET", "/api/v1/cameras/b", "", bob...)
	h.want(http.StatusNotFound, "GET", "/api/v1/cameras/a", "", bob...)
	h.want(http.StatusNotFound, "PATCH", "/api/v1/users/carl", `{"role":"viewer"}`, ann...)

	h.want(http.StatusConflict, "PATCH", "/api/v1/users/ann", `{"role":"viewer"}`, ann...)
	h.want(http.StatusConflict, "DELETE", "/api/v1/users/ann", "", ann...)
	h.want(http.StatusOK, "PATCH", "/api/v1/users/bob", `{"role":"admin","password":"another password"}`, ann...)
	h.want(http.StatusUnauthorized, "GET", "/api/v1/cameras", "", bob...)
	bob = basic("bob", "another password")
	h.want(http.StatusNoContent, "DELETE", "/api/v1/users/ann", "", bob...)
	h.want(http.StatusUnauthorized, "GET", "/api/v1/cameras", "", ann...)
	h.want(http.StatusNotFound, "DELETE", "/api/v1/users/ann", "", bob...)
	eventually(t, "what was done is written down", func() bool {
		a := h.want(http.StatusOK, "GET", "/api/v1/events?type=user_removed", "", bob...)
		es := decode[struct {
			Events []struct{ Actor, Subject string }
		}](t, a).Events
		return len(es) == 1 && es[0].Actor == "bob" && es[0].Subject == "ann"
	})
}

// sessions signs in, changes the password, signs out, and is slowed down.
func sessions(t *testing.T, h *testHub) {
	ann := h.own()
	signIn := fmt.Sprintf(`{"name":"ann","password":%q}`, ownerPassword)
	first := cookies(h.want(http.StatusOK, "POST", "/api/v1/session", signIn, "User-Agent", "<b>Browser</b>"))
	second := cookies(h.want(http.StatusOK, "POST", "/api/v1/session", signIn))
	type list struct {
		Sessions []struct {
			ID, Agent string
			Current   bool
		}
	}
	all := decode[list](t, h.want(http.StatusOK, "GET", "/api/v1/sessions", "", second...)).Sessions
	if len(all) != 2 || !all[0].Current || all[1].Current || all[1].Agent != "<b>Browser</b>" {
		t.Fatalf("sessions: %v", all)
	}
	bob := h.addUser(ann, "bob", "viewer", `{}`)
	h.want(http.StatusNotFound, "DELETE", "/api/v1/sessions/"+all[1].ID, "", bob...)
	h.want(http.StatusNoContent, "DELETE", "/api/v1/sessions/"+all[1].ID, "", second...)
	h.want(http.StatusUnauthorized, "GET", "/api/v1/session", "", first...)

	third := cookies(h.want(http.StatusOK, "POST", "/api/v1/session", signIn))
	h.want(http.StatusUnprocessableEntity, "PUT", "/api/v1/password", `{"current":"wrong one","password":"a new password"}`, second...)
	h.want(http.StatusNoContent, "PUT", "/api/v1/password", fmt.Sprintf(`{"current":%q,"password":"a new password"}`, ownerPassword), second...)
	h.want(http.StatusUnauthorized, "GET", "/api/v1/session", "", third...)
	h.want(http.StatusOK, "GET", "/api/v1/session", "", second...)
	h.want(http.StatusNoContent, "DELETE", "/api/v1/session", "", second...)
	h.want(http.StatusUnauthorized, "GET", "/api/v1/session", "", second...)

	for _, who := range []string{"nobody", "ann"} { // her wait is still on when she is looked at below
		status := 0
		for range 12 {
			a := h.do("POST", "/api/v1/session", fmt.Sprintf(`{"name":%q,"password":"guess"}`, who))
			if status = a.status; status == http.StatusTooManyRequests {
				break
			}
		}
		if status != http.StatusTooManyRequests {
			t.Errorf("guessing the password of %s is not slowed down", who)
		}
	}
	// The browser in which she signed in is not kept out by that.
	again := `{"name":"ann","password":"a new password"}`
	h.want(http.StatusTooManyRequests, "POST", "/api/v1/session", again)
	known := h.want(http.StatusOK, "POST", "/api/v1/session", again, first...)
	for status := 0; status != http.StatusTooManyRequests; {
		status = h.do("PUT", "/api/v1/password", `{"current":"guess","password":"a new password"}`, cookies(known)...).status
		if status != http.StatusTooManyRequests && status != http.StatusUnprocessableEntity {
			t.Fatalf("guessing the current password: %d", status)
		}
	}
}

// tokens makes and revokes API tokens, as Bearer and in HTTP Basic.
func tokens(t *testing.T, h *testHub) {
	h.addLive("a")
	h.add("b")
	h.want(http.StatusConflict, "POST", "/api/v1/tokens", `{"name":"nobody's"}`)
	h.want(http.StatusConflict, "PUT", "/api/v1/password", `{"current":"x","password":"long enough"}`)
	ann := h.own()
	made := h.want(http.StatusCreated, "POST", "/api/v1/tokens", `{"name":"Home Assistant","role":"operator","grants":{"cameras":["a"]}}`, ann...)
	id := decode[struct{ ID string }](t, made).ID
	secret := h.secretOf(made)
	bearer := []string{"Authorization", "Bearer " + secret}
	h.want(http.StatusOK, "GET", "/api/v1/cameras/a", "", bearer...)
	h.want(http.StatusNotFound, "GET", "/api/v1/cameras/b", "", bearer...)
	h.want(http.StatusAccepted, "POST", "/api/v1/cameras/a/restart", "", basic("anything", secret)...)
	h.want(http.StatusForbidden, "DELETE", "/api/v1/cameras/a", "", bearer...)
	h.want(http.StatusForbidden, "POST", "/api/v1/tokens", `{"name":"child"}`, bearer...)
	h.want(http.StatusForbidden, "POST", "/api/v1/shares", share("a"), bearer...)
	h.want(http.StatusForbidden, "PUT", "/api/v1/password", fmt.Sprintf(`{"current":%q,"password":"long enough"}`, ownerPassword), bearer...)
	list := decode[struct{ Tokens []struct{ Name string } }](t, h.want(http.StatusOK, "GET", "/api/v1/tokens", "", ann...))
	if fmt.Sprint(list.Tokens) != "[{Home Assistant}]" {
		t.Errorf("tokens: %v", list)
	}
	h.want(http.StatusNoContent, "DELETE", "/api/v1/tokens/"+id, "", ann...)
	h.want(http.StatusNotFound, "DELETE", "/api/v1/tokens/"+id, "", ann...)
	h.want(http.StatusUnauthorized, "GET", "/api/v1/cameras/a", "", bearer...)
}

// share is the body of a link to a camera.
func share(id string) string {
	b, _ := json.Marshal(map[string]any{"name": "For " + id, "camera": id, "expires_at": time.Now().Add(time.Hour)})
	return string(b)
}

// shareLinks makes links and looks at what they show.
func shareLinks(t *testing.T, h *testHub) {
	h.addLive("a")
	h.add("b")
	ann := h.own()
	made := h.want(http.StatusCreated, "POST", "/api/v1/shares", share("a"), ann...)
	id, secret := decode[struct{ ID string }](t, made).ID, h.secretOf(made)
	a := h.want(http.StatusOK, "GET", "/cameras/a/snapshot.jpg?share="+secret, "")
	if a.header.Get("Referrer-Policy") != "no-referrer" {
		t.Error("the link may be passed on")
	}
	h.want(http.StatusOK, "GET", "/cameras/a/feed?share="+secret, "")
	for _, path := range []string{"/cameras/b/snapshot.jpg", "/cameras/a", "/api/v1/cameras/a", "/video_feed", "/api/v1/cameras"} {
		h.want(http.StatusUnauthorized, "GET", path+"?share="+secret, "")
	}
	bob := h.addUser(ann, "bob", "operator", `{"cameras":["b"]}`)
	h.want(http.StatusUnprocessableEntity, "POST", "/api/v1/shares", share("a"), bob...)
	h.want(http.StatusCreated, "POST", "/api/v1/shares", share("b"), bob...)
	for who, want := range map[string]int{"ann": 2, "bob": 1} {
		header := map[string][]string{"ann": ann, "bob": bob}[who]
		list := decode[struct{ Shares []any }](t, h.want(http.StatusOK, "GET", "/api/v1/shares", "", header...))
		if len(list.Shares) != want {
			t.Errorf("%s sees the links %v", who, list)
		}
	}
	h.want(http.StatusNotFound, "DELETE", "/api/v1/shares/"+id, "", bob...)
	h.want(http.StatusNoContent, "DELETE", "/api/v1/shares/"+id, "", ann...)
	h.want(http.StatusUnauthorized, "GET", "/cameras/a/snapshot.jpg?share="+secret, "")
}

// asNobody calls every operation that is not for everybody.
func asNobody(t *testing.T, h *testHub) {
	h.add("a")
	h.own()
	h.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, o := range h.contract.operations() {
		responses := o.spec["responses"].(map[string]any)
		if open, ok := o.spec["security"].([]any); ok && len(open) == 0 && responses["401"] == nil {
			continue // for everybody
		}
		if o.spec["operationId"] == "signIn" {
			h.want(http.StatusUnauthorized, o.method, o.path("a"), `{"name":"ann","password":"wrong"}`)
			continue
		}
		a := h.want(http.StatusUnauthorized, o.method, o.path("a"), "")
		if got := a.header.Values("WWW-Authenticate"); len(got) != 2 {
			t.Errorf("%s %s: asks for %q", o.method, o.template, got)
		}
		a = h.want(http.StatusUnauthorized, o.method, o.path("a"), "", "User-Agent", "Mozilla/5.0")
		if got := a.header.Values("WWW-Authenticate"); !slices.Equal(got, []string{`Bearer realm="camhub"`}) {
			t.Errorf("%s %s: asks a browser for %q", o.method, o.template, got)
		}
		if responses["303"] != nil {
			a := h.want(http.StatusSeeOther, o.method, o.path("a"), "", "Accept", "text/html,*/*")
			if to := a.header.Get("Location"); !strings.HasPrefix(to, "/login?next=%2F") {
				t.Errorf("%s %s: leads to %q", o.method, o.template, to)
			}
		}
	}
}

// asViewer calls every operation that is not for those who only look.
func asViewer(t *testing.T, h *testHub) {
	h.add("a")
	bob := h.addUser(h.own(), "bob", "viewer", `{"cameras":["a"]}`)
	for _, o := range h.contract.operations() {
		name, _ := o.spec["operationId"].(string)
		self := []string{"signOut", "revokeSession", "setPassword", "addToken", "revokeToken", "signIn", "setUp", "openWall"}
		if o.spec["responses"].(map[string]any)["403"] == nil || slices.Contains(self, name) {
			continue
		}
		h.want(http.StatusForbidden, o.method, o.path("a"), "", bob...)
	}
	list := decode[struct {
		Cameras []struct{ Source map[string]any }
	}](t, h.want(http.StatusOK, "GET", "/api/v1/cameras", "", bob...))
	if len(list.Cameras) != 1 || len(list.Cameras[0].Source) != 1 {
		t.Errorf("a viewer sees %v", list)
	}
}

// wrongUserFields sends fields that nobody may have.
func wrongUserFields(t *testing.T, h *testHub) {
	h.add("a")
	h.refused(t, "POST", "/api/v1/users", `{"name":"ann","password":"long enough","role":"viewer"}`, "/role")
	ann := h.own()
	future := fmt.Sprintf(`,"expires_at":%q`, time.Now().Add(time.Hour).Format(time.RFC3339))
	for _, tt := range []struct{ method, path, body, pointers string }{
		{"POST", "/api/v1/users", `{}`, "/name /password /role"},
		{"POST", "/api/v1/users", `{"name":"A","password":"short","role":"root","x":1}`, "/name /password /role /x"},
		{"POST", "/api/v1/users", `{"name":"bob","password":"long enough","role":"viewer","grants":{"cameras":["A"],"groups":[""]}}`, "/grants/cameras/0 /grants/groups/0"},
		{"PATCH", "/api/v1/users/ann", `{"password":"short","role":"x","grants":{"cameras":["-"]}}`, "/grants/cameras/0 /password /role"},
		{"POST", "/api/v1/session", `{"name":5}`, "/name /password"},
		{"PUT", "/api/v1/password", `{"password":"short"}`, "/current /password"},
		{"POST", "/api/v1/tokens", `{"role":"root","expires_at":"2020-01-01T00:00:00Z"}`, "/expires_at /name /role"},
		{"POST", "/api/v1/shares", `{}`, "/camera /expires_at /name"},
		{"POST", "/api/v1/shares", `{"name":"L","camera":"a","group":"g"` + future + `}`, "/camera"},
		{"POST", "/api/v1/shares", `{"name":"L","camera":"nothing"` + future + `}`, "/camera"},
		{"POST", "/api/v1/shares", `{"name":"L","camera":"a","from":"2026-01-02T00:00:00Z"` + future + `}`, "/to"},
		{"POST", "/api/v1/shares", `{"name":"L","camera":"a","from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"` + future + `}`, "/to"},
		{"POST", "/api/v1/shares", `{"name":"L","group":"g","expires_at":"2999-01-01T00:00:00Z"}`, "/expires_at"},
	} {
		a := h.want(http.StatusUnprocessableEntity, tt.method, tt.path, tt.body, ann...)
		if got := pointers(t, a); got != tt.pointers {
			t.Errorf("%s %s %s: faults at %q, want %q", tt.method, tt.path, tt.body, got, tt.pointers)
		}
	}
	bob := h.addUser(ann, "bob", "viewer", `{}`)
	a := h.want(http.StatusUnprocessableEntity, "POST", "/api/v1/tokens", `{"name":"T","role":"operator"}`, bob...)
	if got := pointers(t, a); got != "/role" {
		t.Errorf("a viewer's token for an operator: %q", got)
	}
}
