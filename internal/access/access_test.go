package access

import (
	"testing"
	"time"

	"camhub/internal/camera"
)

func TestRolesCoverThoseBelow(t *testing.T) {
	for i, high := range Roles {
		for j, low := range Roles {
			if got := high.Covers(low); got != (i >= j) {
				t.Errorf("%s covers %s: %t", high, low, got)
			}
		}
		if Role("").Covers(high) || high.Covers("") || high.Covers("root") || Role("root").Covers(high) {
			t.Errorf("a role that does not exist is compared with %s", high)
		}
	}
}

func groups(id camera.ID) (string, bool) {
	switch id {
	case "door", "garden":
		return "outside", true
	case "desk":
		return "", true
	}
	return "", false
}

func TestWhatCallersSee(t *testing.T) {
	at := func(h int) *time.Time { v := time.Date(2026, 1, 2, h, 0, 0, 0, time.UTC); return &v }
	one := Grants{Cameras: []camera.ID{"desk", "gone"}}
	outside := Grants{Groups: []string{"outside"}}
	tests := []struct {
		name   string
		caller *Caller
		sees   map[camera.ID]bool
	}{
		{"nobody", nil, nil},
		{"no grants at all", &Caller{Role: Admin}, nil},
		{"local admin", LocalAdmin(), map[camera.ID]bool{"door": true, "garden": true, "desk": true, "gone": true}},
		{"one camera", &Caller{Role: Viewer, Grants: []Grants{one}, Group: groups}, map[camera.ID]bool{"desk": true, "gone": true}},
		{"a group", &Caller{Role: Viewer, Grants: []Grants{outside}, Group: groups}, map[camera.ID]bool{"door": true, "garden": true}},
		{"a group without a name", &Caller{Role: Viewer, Grants: []Grants{{Groups: []string{""}}}, Group: groups}, nil},
		{"a token for more than its user", &Caller{Role: Viewer, Grants: []Grants{one, Everything()}, Group: groups},
			map[camera.ID]bool{"desk": true, "gone": true}},
		{"a token for other cameras", &Caller{Role: Viewer, Grants: []Grants{one, outside}, Group: groups}, nil},
		{"a live link", &Caller{Share: &Share{Camera: "desk"}, Grants: []Grants{{Cameras: []camera.ID{"desk"}}}}, map[camera.ID]bool{"desk": true}},
		{"a link to what was", &Caller{Share: &Share{Camera: "desk", From: at(1), To: at(2)}, Grants: []Grants{{Cameras: []camera.ID{"desk"}}}}, nil},
	}
	for _, tt := range tests {
		for _, id := range []camera.ID{"door", "garden", "desk", "gone"} {
			if got := tt.caller.Sees(id); got != tt.sees[id] {
				t.Errorf("%s sees %s: %t", tt.name, id, got)
			}
		}
	}
}

func TestLinkPlaysItsSpanOnly(t *testing.T) {
	at := func(h int) time.Time { return time.Date(2026, 1, 2, h, 0, 0, 0, time.UTC) }
	from, to := at(10), at(12)
	c := &Caller{Share: &Share{Camera: "desk", From: &from, To: &to}, Grants: []Grants{{Cameras: []camera.ID{"desk"}}}}
	for _, tt := range []struct {
		id       camera.ID
		from, to int
		want     bool
	}{
		{"desk", 10, 12, true}, {"desk", 11, 11, true}, {"desk", 9, 12, false}, {"desk", 10, 13, false},
		{"desk", 12, 10, false}, {"door", 10, 12, false},
	} {
		if got := c.Plays(tt.id, at(tt.from), at(tt.to)); got != tt.want {
			t.Errorf("%s from %d to %d: %t", tt.id, tt.from, tt.to, got)
		}
	}
	live := &Caller{Share: &Share{Camera: "desk"}, Grants: c.Grants}
	if live.Plays("desk", from, to) {
		t.Error("a live link plays recordings")
	}
	if !LocalAdmin().Plays("desk", from, to) || (*Caller)(nil).Plays("desk", from, to) {
		t.Error("users play what they see, and nobody plays nothing")
	}
}

func TestNamesAndPasswords(t *testing.T) {
	for name, ok := range map[string]bool{"ann": true, "a.b@c-d_1": true, "": false, "Ann": false, "a:b": false, "a/b": false, "-a": false, "a\n": false, "é": false} {
		if validName(name) != ok {
			t.Errorf("name %q: %t", name, !ok)
		}
	}
	for password, ok := range map[string]bool{"correct horse": true, "pässwörd": true, "short": false, "annannann": true, "tab\tinside": false, "Annannan": false, "\xff2345678": false} {
		if got := CheckPassword("annannan", password) == ""; got != ok {
			t.Errorf("password %q: %t", password, got)
		}
	}
}
