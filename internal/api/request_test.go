package api

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"camhub/internal/event"
	"camhub/internal/fault"
)

func TestCondition(t *testing.T) {
	tests := []struct {
		name            string
		match           []string // If-Match, a line each
		none            string   // If-None-Match
		absent, present bool
		revisions       []uint64 // nil: any
	}{
		{name: "nothing"},
		{name: "create only", none: " * ", absent: true},
		{name: "any", match: []string{"*"}, present: true},
		{name: "one", match: []string{`"7"`}, revisions: []uint64{7}},
		{name: "some", match: []string{`"7", "8"`, ` "9"`}, revisions: []uint64{7, 8, 9}},
		{name: "weak", match: []string{`W/"7"`}, revisions: []uint64{}},
		{name: "bare", match: []string{`7`}, revisions: []uint64{}},
		{name: "another spelling", match: []string{`"07", "+7", "7 ", ""7"", "18446744073709551616"`}, revisions: []uint64{}},
		{name: "foreign and ours", match: []string{`"abc", "7"`}, revisions: []uint64{7}},
		{name: "both", match: []string{`"7"`}, none: "*", absent: true, revisions: []uint64{7}},
	}
	for _, tt := range tests {
		r := httptest.NewRequest("PUT", "/", nil)
		r.Header["If-Match"] = tt.match
		r.Header.Set("If-None-Match", tt.none)
		c, err := condition(r)
		if err != nil || c.Absent != tt.absent || c.Present != tt.present || !slices.Equal(c.Revisions, tt.revisions) || (c.Revisions == nil) != (tt.revisions == nil) {
			t.Errorf("%s: got %+v, %v", tt.name, c, err)
		}
	}
	r := httptest.NewRequest("PUT", "/", nil)
	r.Header.Set("If-None-Match", `"7"`)
	if _, err := condition(r); fault.KindOf(err) != fault.Malformed {
		t.Errorf("If-None-Match with a tag: %v", err)
	}
}

func TestEventQuery(t *testing.T) {
	v, err := url.ParseQuery("camera=front-door&type=offline&since=2026-01-02T15:04:05.5Z&until=2026-01-03T01:00:00%2B01:00&limit=7&cursor=42")
	if err != nil {
		t.Fatal(err)
	}
	q, limit, err := eventQuery(v)
	want := event.Query{
		Camera: "front-door", Type: event.Offline, Before: 42,
		Since: time.Date(2026, 1, 2, 15, 4, 5, 5e8, time.UTC), Until: time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC),
	}
	q.Until = q.Until.UTC()
	if err != nil || limit != 7 || !reflect.DeepEqual(q, want) {
		t.Errorf("got %+v, %d, %v", q, limit, err)
	}
	if q, limit, err := eventQuery(nil); err != nil || limit != 0 || !reflect.DeepEqual(q, event.Query{}) {
		t.Errorf("of nothing: %+v, %d, %v", q, limit, err)
	}
	v = url.Values{"camera": {"-"}, "type": {"x"}, "since": {"1"}, "until": {"2"}, "limit": {"0"}, "cursor": {"0"}, "b": {""}, "a": {""}}
	_, _, err = eventQuery(v)
	var at []string
	for _, f := range fault.Fields(err) {
		at = append(at, f.Pointer)
	}
	if got := strings.Join(at, " "); fault.KindOf(err) != fault.Invalid || got != "/a /b /since /until /camera /type /limit /cursor" {
		t.Errorf("faults at %s, %v", got, err)
	}
}

func TestPreferred(t *testing.T) {
	tests := []struct{ accept, want string }{
		{"", "a/json"},
		{"*/*", "a/json"},
		{"x/y", "a/json"},
		{"b/csv", "b/csv"},
		{"B/CSV; charset=utf-8", "b/csv"},
		{"b/*", "b/csv"},
		{"a/json, b/csv", "a/json"},
		{"b/csv, a/json", "a/json"},
		{"a/json;q=0.5, b/csv", "b/csv"},
		{"a/json;q=0.5, b/csv;q=0.4", "a/json"},
		{"a/*;q=0.1, a/json, b/csv;q=0.5", "a/json"}, // the exact one counts
		{"*/*, a/json;q=0", "b/csv"},
		{"*/*;q=0.1, b/csv;q=0", "a/json"},
		{"b/csv;q=2, b/csv;q=NaN, a/json;q=0.1", "a/json"},
		{",;,b/csv", "b/csv"},
	}
	for _, tt := range tests {
		if got := preferred(tt.accept, "a/json", "b/csv"); got != tt.want {
			t.Errorf("Accept: %s: got %s, want %s", tt.accept, got, tt.want)
		}
	}
}

// stuck is a body that ends with an error.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, http.ErrBodyReadAfterClose }

func TestReadJSON(t *testing.T) {
	read := func(kind, body string) (string, error) {
		r := httptest.NewRequest("PUT", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		b, err := readJSON(httptest.NewRecorder(), r, typePatch, typeJSON)
		return string(b), err
	}
	for _, kind := range []string{"", "application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"} {
		if b, err := read(kind, ` {"a":"é\ud83d\ude00"} `); err != nil || strings.TrimSpace(b) != `{"a":"é\ud83d\ude00"}` {
			t.Errorf("%s: %q, %v", kind, b, err)
		}
	}
	tests := []struct {
		kind, body string
		want       fault.Kind
		detail     string
	}{
		{"application/xml", "{}", fault.MediaType, "application/merge-patch+json or application/json"},
		{"", "{}}", fault.Malformed, "at byte 3:"},
		{"", "\"\xed\xa0\x80\"", fault.Malformed, "at byte 2:"}, // half a surrogate pair
		{"", "[1,\xff]", fault.Malformed, "at byte 4:"},
		{"", strings.Repeat("1", 1<<20+1), fault.TooLarge, "1048576"},
	}
	for _, tt := range tests {
		if _, err := read(tt.kind, tt.body); fault.KindOf(err) != tt.want || !strings.Contains(err.Error(), tt.detail) {
			t.Errorf("%.20q: got %v", tt.body, err)
		}
	}
	r := httptest.NewRequest("PUT", "/", stuck{})
	if _, err := readJSON(httptest.NewRecorder(), r, typeJSON); fault.KindOf(err) != fault.Malformed {
		t.Errorf("a body that can't be read: %v", err)
	}
}
