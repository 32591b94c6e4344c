package export

import (
	"strings"
	"testing"
	"time"

	"camhub/internal/fault"
)

func TestBadRequests(t *testing.T) {
	a := openArchive(t)
	record(t, a, "front", t0, 5, 16, 16)
	s := openService(t, a, t.TempDir())
	many := strings.TrimSuffix(strings.Repeat(`"a",`, MaxCameras+1), ",")
	const from, to = `"from":"2026-03-01T12:00:00Z"`, `"to":"2026-03-01T13:00:00Z"`
	const front = `"cameras":["front"]`
	tests := []struct{ name, body, pointers string }{
		{"nothing", `{}`, "/cameras /from /to"},
		{"no object", `[]`, ""},
		{"unknown field", `{` + front + `,` + from + `,` + to + `,"path":"/etc"}`, "/path"},
		{"no cameras", `{"cameras":[],` + from + `,` + to + `}`, "/cameras"},
		{"too many cameras", `{"cameras":[` + many + `],` + from + `,` + to + `}`, "/cameras"},
		{"twice", `{"cameras":["front","front"],` + from + `,` + to + `}`, "/cameras/1"},
		{"path tricks", `{"cameras":["../front","front/..","FRONT","\u0000"],` + from + `,` + to + `}`, "/cameras/0 /cameras/1 /cameras/2 /cameras/3"},
		{"unknown camera", `{"cameras":["front","back"],` + from + `,` + to + `}`, "/cameras/1"},
		{"nothing recorded", `{` + front + `,"from":"2025-03-01T12:00:00Z","to":"2025-03-02T12:00:00Z"}`, "/cameras/0"},
		{"from after to", `{` + front + `,"from":"2026-03-01T14:00:00Z",` + to + `}`, "/to"},
		{"from is to", `{` + front + `,"from":"2026-03-01T13:00:00Z",` + to + `}`, "/to"},
		{"the future", `{` + front + `,"from":"9999-12-31T23:59:59Z","to":"9999-12-31T23:59:59.5Z"}`, "/from"},
		{"ages", `{` + front + `,"from":"0001-01-02T00:00:00Z",` + to + `}`, "/to"},
		{"a year and a day", `{` + front + `,"from":"2025-02-28T12:00:00Z",` + to + `}`, "/to"},
		{"no instants", `{` + front + `,"from":"yesterday","to":1}`, "/from /to"},
		{"no zone", `{` + front + `,"from":"2026-03-01T12:00:00",` + to + `}`, "/from"},
		{"format", `{` + front + `,` + from + `,` + to + `,"format":"mkv"}`, "/format"},
		{"speed 0", `{` + front + `,` + from + `,` + to + `,"speed":0}`, "/speed"},
		{"speed -1", `{` + front + `,` + from + `,` + to + `,"speed":-1}`, "/speed"},
		{"speed 1e9", `{` + front + `,` + from + `,` + to + `,"speed":1e9}`, "/speed"},
		{"speed beyond a number", `{` + front + `,` + from + `,` + to + `,"speed":1e999}`, "/speed"},
		{"rate 0", `{` + front + `,` + from + `,` + to + `,"max_fps":0}`, "/max_fps"},
		{"rate 1e9", `{` + front + `,` + from + `,` + to + `,"max_fps":1e9}`, "/max_fps"},
		{"long note", `{` + front + `,` + from + `,` + to + `,"note":"` + strings.Repeat("é", MaxNote+1) + `"}`, "/note"},
		{"note of two lines", `{` + front + `,` + from + `,` + to + `,"note":"a\nb"}`, "/note"},
		{"note that is written backwards", `{` + front + `,` + from + `,` + to + `,"note":"a\u202eb"}`, "/note"},
		{"all at once", `{"cameras":[1],"from":1,"to":1,"format":1,"speed":"x","max_fps":"x","note":1}`, "/cameras /format /from /max_fps /note /speed /to"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.Create([]byte(tt.body), "ann", everything)
			var got []string
			for _, f := range fault.Fields(err) {
				got = append(got, f.Pointer)
			}
			if fault.KindOf(err) != fault.Invalid || strings.Join(got, " ") != tt.pointers {
				t.Errorf("faults at %q, want %q: %v", got, tt.pointers, err)
			}
		})
	}
	if n := len(s.List()); n != 0 {
		t.Errorf("%d jobs were made", n)
	}
}

// TestRequestsAreCompleted shows the defaults, and an end in the future.
func TestRequestsAreCompleted(t *testing.T) {
	now := t0.Add(time.Hour)
	r, err := parse([]byte(`{"cameras":["a"],"from":"2026-03-01T13:00:00+01:00","to":"2030-01-01T00:00:00Z"}`), now)
	if err != nil {
		t.Fatal(err)
	}
	if r.Format != MOV || r.Speed != 1 || r.MaxFPS != nil || !r.To.Equal(now) || r.From.Location() != time.UTC {
		t.Errorf("%+v", r)
	}
}

func TestFileNames(t *testing.T) {
	r := Request{From: Instant{t0}, Format: AVI, Speed: 60}
	taken := make(map[string]bool)
	tests := []struct{ title, want, disposition string }{
		{"Front door", "Front door 2026-03-01 12-00-00Z x60.avi", `attachment; filename="Front door 2026-03-01 12-00-00Z x60.avi"`},
		{"front DOOR", "front DOOR (cam) 2026-03-01 12-00-00Z x60.avi", `attachment; filename="front DOOR (cam) 2026-03-01 12-00-00Z x60.avi"`},
		{"../../etc/passwd", "_.._etc_passwd 2026-03-01 12-00-00Z x60.avi", `attachment; filename="_.._etc_passwd 2026-03-01 12-00-00Z x60.avi"`},
		{"", "cam 2026-03-01 12-00-00Z x60.avi", `attachment; filename="cam 2026-03-01 12-00-00Z x60.avi"`},
		{"门\r\n\"x\"", "门___x_ 2026-03-01 12-00-00Z x60.avi", `attachment; filename="____x_ 2026-03-01 12-00-00Z x60.avi"; filename*=UTF-8''%E9%97%A8___x_%202026-03-01%2012-00-00Z%20x60.avi`},
	}
	for _, tt := range tests {
		got := r.fileName(tt.title, "cam", taken)
		if got != tt.want || Disposition(got) != tt.disposition {
			t.Errorf("%q gives %q and %s", tt.title, got, Disposition(got))
		}
	}
	if n := len(r.fileName(strings.Repeat("门", 100), "cam", taken)); n > 200 {
		t.Errorf("a long title gives a name of %d bytes", n)
	}
}
