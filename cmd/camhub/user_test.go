package main

import (
	"net/http"
	"strings"
	"testing"
)

// userCommand runs camhub user with a password on its standard input.
func userCommand(t *testing.T, dir, password string, args ...string) (string, error) {
	t.Helper()
	cmd := camhub(t, append([]string{"user"}, args...)...)
	cmd.Env = append(cmd.Env, "CAMHUB_DATA="+dir)
	cmd.Stdin = strings.NewReader(password + "\n")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestUserCommand adds users to a hub that does not run, and signs in when it
// does.
func TestUserCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, tt := range []struct {
		password string
		args     []string
		ok       bool
		says     string
	}{
		{"correct horse", []string{"add", "bob"}, false, "role must be admin"},
		{"short", []string{"add", "ann", "--role", "admin"}, false, "password must have at least 8 characters"},
		{"correct horse", []string{"add", "ann", "--role", "admin"}, true, "ann was added"},
		{"correct horse", []string{"add", "ann", "--role", "admin"}, false, "already"},
		{"battery staple", []string{"add", "bob", "--cameras", "a,b", "--groups", "outside"}, true, "bob was added"},
		{"", []string{"list"}, true, "bob                  viewer    a, b, group outside"},
		{"another word", []string{"passwd", "ann"}, true, "ann has a new password"},
		{"", []string{"remove", "ann"}, false, "last admin"},
		{"", []string{"remove", "bob"}, true, "bob was removed"},
		{"", []string{"remove", "carl"}, false, `no user "carl"`},
		{"", []string{"remove"}, false, "the name of a user"},
		{"", []string{"list", "ann"}, false, "no name"},
		{"", []string{"grow"}, false, "say what to do"},
		{"", nil, false, "say what to do"},
	} {
		out, err := userCommand(t, dir, tt.password, tt.args...)
		if (err == nil) != tt.ok || !strings.Contains(out, tt.says) {
			t.Errorf("camhub user %v: %v\n%s\nwant %q", tt.args, err, out, tt.says)
		}
		if tt.password != "" && strings.Contains(out, tt.password) {
			t.Errorf("camhub user %v shows the password", tt.args)
		}
	}
	p := start(t, dir)
	if out, err := userCommand(t, dir, "correct horse", "add", "eve"); err == nil || !strings.Contains(out, "/users") {
		t.Errorf("while the hub runs: %v %s", err, out)
	}
	for password, want := range map[string]int{"another word": http.StatusOK, "correct horse": http.StatusUnauthorized} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", p.URL+"/api/v1/cameras", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth("ann", password)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("with the password %q: %d", password, resp.StatusCode)
		}
	}
	p.Stop()
	if strings.Contains(p.Log(), "another word") || strings.Contains(p.Log(), "correct horse") {
		t.Error("a password is in the log")
	}
}
