package recording

import (
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/record/archive"
)

// TestScheduleFollowsTheClockOnTheWall has the scheduler run over the nights of a year in
// which the clocks of Berlin are changed. Hours that are skipped are not recorded, hours
// that come twice are recorded twice, and all others begin and end by the clock on the
// wall.
func TestScheduleFollowsTheClockOnTheWall(t *testing.T) {
	type stretch struct{ from, to string } // UTC
	tests := []struct {
		name, schedule, begin string
		want                  []stretch
	}{
		// On 2000-03-26 at 2:00 it is 3:00.
		{"spring, across it", "daily 01:50-03:10", "2000-03-26T00:00:00Z", []stretch{{"2000-03-26T00:50:00Z", "2000-03-26T01:10:00Z"}}},
		{"spring, within what is skipped", "daily 02:10-02:50", "2000-03-26T00:00:00Z", nil},
		{"spring, begins in what is skipped", "daily 02:30-03:30", "2000-03-26T00:00:00Z", []stretch{{"2000-03-26T01:00:00Z", "2000-03-26T01:30:00Z"}}},
		{"spring, behind it", "sun 04:00-04:20", "2000-03-26T00:00:00Z", []stretch{{"2000-03-26T02:00:00Z", "2000-03-26T02:20:00Z"}}},
		// On 2000-10-29 at 3:00 it is 2:00.
		{"autumn, across it", "daily 01:50-03:10", "2000-10-28T23:00:00Z", []stretch{{"2000-10-28T23:50:00Z", "2000-10-29T02:10:00Z"}}},
		{"autumn, within what comes twice", "daily 02:10-02:30", "2000-10-28T23:00:00Z",
			[]stretch{{"2000-10-29T00:10:00Z", "2000-10-29T00:30:00Z"}, {"2000-10-29T01:10:00Z", "2000-10-29T01:30:00Z"}}},
		{"autumn, ends in what comes twice", "daily 01:30-02:30", "2000-10-28T23:00:00Z",
			[]stretch{{"2000-10-28T23:30:00Z", "2000-10-29T00:30:00Z"}, {"2000-10-29T01:00:00Z", "2000-10-29T01:30:00Z"}}},
		{"autumn, behind it", "sun 04:00-04:20", "2000-10-28T23:00:00Z", []stretch{{"2000-10-29T03:00:00Z", "2000-10-29T03:20:00Z"}}},
	}
	if time.Local.String() != "Europe/Berlin" {
		t.Skip("the time zones of the world are not installed")
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(instant(t, tt.begin)))
				h := open(t, t.TempDir())
				defer h.close()
				h.add(`{"mode":"schedule","schedule":"` + tt.schedule + `"}`)
				h.patch(`{"source":{"fps":1}}`)
				time.Sleep(270 * time.Minute)
				l := h.timeline(5 * time.Second)
				if len(l.Ranges) != len(tt.want) {
					t.Fatalf("recorded %+v, want %v", l.Ranges, tt.want)
				}
				for i, w := range tt.want {
					if r := l.Ranges[i]; !soonAfter(r.From, instant(t, w.from)) || !soonAfter(r.To, instant(t, w.to)) {
						t.Errorf("recorded from %v to %v, want %v", r.From, r.To, w)
					}
				}
				for _, m := range l.Missing {
					if m.Why != archive.Off {
						t.Errorf("missing: %+v", m)
					}
				}
			})
		})
	}
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// soonAfter reports whether an instant is at most the time that it takes to notice and
// to get a picture later than another.
func soonAfter(got, want time.Time) bool {
	return !got.Before(want) && got.Sub(want) <= lookEvery+1100*time.Millisecond
}
