package archive

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// draw writes a timeline as text: seconds since t0, = for recorded, reasons for what
// is missing.
func draw(l *Timeline) string {
	var parts []string
	s := func(t time.Time) string { return fmt.Sprintf("%.4g", t.Sub(t0).Seconds()) }
	for _, r := range l.Ranges {
		parts = append(parts, fmt.Sprintf("%08d=%s-%s:%d", r.From.UnixMilli()-t0.UnixMilli()+1e6, s(r.From), s(r.To), r.Pictures))
	}
	for _, m := range l.Missing {
		parts = append(parts, fmt.Sprintf("%08d=%s-%s:%v", m.From.UnixMilli()-t0.UnixMilli()+1e6, s(m.From), s(m.To), m.Why))
	}
	slices.Sort(parts)
	for i, p := range parts {
		parts[i] = p[9:]
	}
	return strings.Join(parts, " ")
}

func TestTimeline(t *testing.T) {
	a := fresh(t)
	record(t, a, "a", t0, 8, None)                         // 0-2
	record(t, a, "a", t0.Add(2*time.Second), 8, None)      // 2-4 follows
	record(t, a, "a", t0.Add(5*time.Second), 4, Offline)   // 5-6
	record(t, a, "a", t0.Add(16*time.Second), 4, None)     // 16-17, something was between
	record(t, a, "a", t0.Add(17*time.Second), 4, Overflow) // 17-18, no time between
	live := begin(t, a, "a", t0.Add(20*time.Second), 5, Full)
	defer live.Drop()
	at := func(s float64) time.Time { return t0.Add(time.Duration(s * float64(time.Second))) }
	for _, tt := range []struct {
		from, to float64
		min      time.Duration
		want     string
	}{
		{-10, 100, 0, "0-4:16 4-5:camera_offline 5-6:4 6-16:deleted 16-18:8 18-20:disk_full 20-21:5"},
		{0, 4, 0, "0-4:16"},
		{1, 3, 0, "1-3:8"},
		{7, 12, 0, "7-12:deleted"},
		{4.5, 5.5, 0, "4.5-5:camera_offline 5-5.5:2"},
		{-5, -1, 0, ""},
		{18.5, 19, 0, "18.5-19:disk_full"},
		{1, 1.0000004, 0, ""},
		{9e9, 9.1e9, 0, ""}, // about the year 2311
		{-10, 100, 5 * time.Second, "0-6:20 6-16:deleted 16-21:13"},
	} {
		l, err := a.Timeline("a", at(tt.from), at(tt.to), tt.min)
		if err != nil {
			t.Fatal(err)
		}
		if got := draw(l); got != tt.want {
			t.Errorf("%v to %v:\ngot  %s\nwant %s", tt.from, tt.to, got, tt.want)
		}
	}
	if _, err := a.Timeline("a", at(5), at(5), 0); err == nil {
		t.Error("an empty range")
	}
	if l, err := a.Timeline("nobody", at(0), at(9), 0); err != nil || l.Ranges == nil || l.Missing == nil || len(l.Ranges) > 0 {
		t.Errorf("nobody: %+v, %v", l, err)
	}
}

// TestTimelineUntilNow has a camera that is not recorded any more.
func TestTimelineUntilNow(t *testing.T) {
	a := fresh(t)
	now := time.Now().Truncate(time.Millisecond)
	record(t, a, "a", now.Add(-time.Hour), 4, None)
	why := func() Gap {
		t.Helper()
		l, err := a.Timeline("a", now.Add(-2*time.Hour), now.Add(time.Hour), 0)
		if err != nil || len(l.Missing) != 1 || l.Missing[0].To.After(time.Now()) {
			t.Fatalf("%+v, %v", l, err)
		}
		return l.Missing[0].Why
	}
	if g := why(); g != Off {
		t.Error(g)
	}
	a.Pause("a", Full, now.Add(-time.Minute))
	if g := why(); g != Full {
		t.Error(g)
	}
	a.Close()
	a = reopen(t, Config{Root: a.Root()})
	if g := why(); g != Stopped {
		t.Error(g)
	}
}

func TestGapsHaveWords(t *testing.T) {
	seen := map[string]bool{}
	for g := range gaps {
		if g.String() == "" || g.Text() == "" || seen[g.String()] {
			t.Errorf("gap %d: %q, %q", g, g.String(), g.Text())
		}
		seen[g.String()] = true
	}
	if g := Gap(200); g.String() != "gap_200" || g.Text() == "" {
		t.Errorf("a later one: %q, %q", g.String(), g.Text())
	}
}
