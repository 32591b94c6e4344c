// Package schedule reads plans of a week, such as "mon-fri 08:00-18:00", and tells
// whether an instant is in one.
package schedule

import (
	"fmt"
	"strings"
	"time"
)

const (
	day  = 24 * 60 // minutes
	week = 7 * day
)

// maxSpans bounds how many spans a plan may have.
const maxSpans = 100

// Weekly is a plan that repeats every week, by the clock on the wall: its hours
// are local time, and move with daylight saving time. The zero Weekly is never
// on. Weeklies with equal texts are equal.
type Weekly struct {
	text  string
	spans []span
}

// span is a part of the week in minutes since Monday 0:00. One that goes past
// the end of the week goes on at its start.
type span struct{ from, to int }

var days = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// Parse reads a plan such as "mon-fri 08:00-18:00, sat 22:00-02:00": one or
// more parts with commas between them, each a day, a range of days or "daily",
// and the hours. Hours that end at or before their start end on the next day;
// "24:00" is a day's end. The error says which part is wrong.
func Parse(text string) (Weekly, error) {
	w := Weekly{text: text}
	for i, part := range strings.Split(text, ",") {
		spans, err := parsePart(strings.ToLower(strings.TrimSpace(part)))
		if err != nil {
			return Weekly{}, fmt.Errorf("part %d: %w", i+1, err)
		}
		if w.spans = append(w.spans, spans...); len(w.spans) > maxSpans {
			return Weekly{}, fmt.Errorf("has more than %d spans of hours", maxSpans)
		}
	}
	return w, nil
}

func parsePart(part string) ([]span, error) {
	words := strings.Fields(part)
	if len(words) != 2 {
		return nil, fmt.Errorf(`%q must be days and hours, such as "mon-fri 08:00-18:00"`, part)
	}
	first, last, err := parseDays(words[0])
	if err != nil {
		return nil, err
	}
	start, end, ok := strings.Cut(words[1], "-")
	from, good := parseTime(start)
	to, also := parseTime(end)
	if !ok || !good || !also || from == day {
		return nil, fmt.Errorf(`%q must be hours, such as "08:00-18:00"`, words[1])
	}
	if to <= from {
		to += day
	}
	var spans []span
	for d := first; ; d = (d + 1) % 7 {
		spans = append(spans, span{d*day + from, d*day + to})
		if d == last {
			return spans, nil
		}
	}
}

func parseDays(s string) (first, last int, err error) {
	if s == "daily" {
		return 0, 6, nil
	}
	a, b, isRange := strings.Cut(s, "-")
	if !isRange {
		b = a
	}
	first, last = indexOf(a), indexOf(b)
	if first < 0 || last < 0 {
		return 0, 0, fmt.Errorf(`%q must be "daily", a day such as "mon", or days such as "mon-fri"`, s)
	}
	return first, last, nil
}

func indexOf(name string) int {
	for i, d := range days {
		if d == name {
			return i
		}
	}
	return -1
}

// parseTime reads "hh:mm" as minutes since midnight, up to 24:00.
func parseTime(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	for _, c := range []byte{s[0], s[1], s[3], s[4]} {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	return h*60 + m, m < 60 && h*60+m <= day
}

// String returns the plan as it was written.
func (w Weekly) String() string { return w.text }

// On reports whether the plan is on at the time t, by the clock of t's location.
func (w Weekly) On(t time.Time) bool {
	at := (int(t.Weekday())+6)%7*day + t.Hour()*60 + t.Minute()
	for _, s := range w.spans {
		if at >= s.from && at < s.to || at+week < s.to {
			return true
		}
	}
	return false
}

// Seconds returns how long the plan is on in a week.
func (w Weekly) Seconds() int {
	on := 0
	for at := range week {
		for _, s := range w.spans {
			if at >= s.from && at < s.to || at+week < s.to {
				on++
				break
			}
		}
	}
	return on * 60
}
