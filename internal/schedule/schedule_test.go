package schedule

import (
	"strings"
	"testing"
	"time"
)

func TestOn(t *testing.T) {
	// 2026-11-23 is a Monday.
	at := func(s string) time.Time {
		v, err := time.Parse("2006-01-02 15:04:05", "2026-11-"+s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	tests := []struct {
		plan    string
		on, off []string
	}{
		{"mon-fri 08:00-18:00", []string{"23 08:00:00", "27 17:59:59"}, []string{"23 07:59:59", "23 18:00:00", "28 12:00:00", "29 12:00:00"}},
		{"sat 22:00-02:00", []string{"28 22:00:00", "29 01:59:59"}, []string{"28 21:59:00", "29 02:00:00", "28 01:00:00"}},
		{"sun 23:00-01:00", []string{"29 23:30:00", "30 00:30:00", "23 00:30:00"}, []string{"30 01:00:00", "29 22:00:00", "24 00:30:00"}},
		{"fri-mon 10:00-11:00", []string{"27 10:00:00", "28 10:00:00", "29 10:00:00", "30 10:00:00"}, []string{"24 10:00:00", "26 10:00:00"}},
		{"daily 00:00-24:00", []string{"23 00:00:00", "29 23:59:59"}, nil},
		{"Mon 08:00-09:00,  TUE 10:00-11:00", []string{"23 08:30:00", "24 10:30:00"}, []string{"23 10:30:00"}},
		{"mon 08:00-08:00", []string{"23 08:00:00", "24 07:59:00"}, []string{"24 08:00:00"}},
	}
	for _, tt := range tests {
		w, err := Parse(tt.plan)
		if err != nil {
			t.Errorf("%q: %v", tt.plan, err)
			continue
		}
		for _, s := range tt.on {
			if !w.On(at(s)) {
				t.Errorf("%q is off at %s", tt.plan, s)
			}
		}
		for _, s := range tt.off {
			if w.On(at(s)) {
				t.Errorf("%q is on at %s", tt.plan, s)
			}
		}
		if w.String() != tt.plan {
			t.Errorf("%q became %q", tt.plan, w)
		}
	}
	if (Weekly{}).On(time.Now()) {
		t.Error("a plan of nothing is on")
	}
}

func TestBadPlans(t *testing.T) {
	for _, plan := range []string{
		"", ",", "mon", "mon 08:00", "08:00-18:00", "mon 8:00-18:00", "mon 08:00-25:00", "mon 08:60-09:00", "mon 24:00-25:00",
		"mon 24:00-08:00", "mo 08:00-09:00", "mon-xxx 08:00-09:00", "mon 08:00-09:00,", "mon 08:00 - 09:00", "mon +8:00-09:00",
		"mon 08:00-09:00;tue 08:00-09:00", strings.Repeat("daily 08:00-09:00,", 20) + "mon 01:00-02:00",
	} {
		if w, err := Parse(plan); err == nil {
			t.Errorf("%q was taken: %+v", plan, w)
		}
	}
}

func TestSeconds(t *testing.T) {
	for plan, want := range map[string]int{
		"mon-fri 08:00-18:00":                    5 * 10 * 3600,
		"daily 00:00-24:00":                      7 * 24 * 3600,
		"mon 08:00-10:00, mon 09:00-11:00":       3 * 3600,
		"sun 23:00-01:00, mon 00:30-02:00":       3 * 3600,
		"daily 00:00-24:00, mon-fri 08:00-18:00": 7 * 24 * 3600,
	} {
		w, err := Parse(plan)
		if err != nil || w.Seconds() != want {
			t.Errorf("%q: %d s, %v; want %d", plan, w.Seconds(), err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("mon-fri 08:00-18:00, sat 22:00-02:00")
	f.Fuzz(func(t *testing.T, text string) {
		w, err := Parse(text)
		if err == nil && (len(w.spans) == 0 || len(w.spans) > maxSpans || w.Seconds() == 0) {
			t.Errorf("%q: %d spans, %d s", text, len(w.spans), w.Seconds())
		}
	})
}
