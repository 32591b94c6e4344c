package archive

import (
	"slices"
	"testing"
	"time"
)

// shelfWith returns an archive whose index has segments of a minute that begin at
// the given times, in that order of recording. Nothing is on the disk.
func shelfWith(t *testing.T, starts ...time.Time) *Archive {
	t.Helper()
	a := fresh(t)
	h := a.shelf("a")
	for i, s := range starts {
		h.add(Segment{Start: s.UnixMilli(), Sequence: uint64(i + 1), Length: 60000, Size: 1, Pictures: 1})
	}
	return a
}

func TestAgeWithAWrongClock(t *testing.T) {
	now := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	epoch := time.Unix(100, 0)
	tests := []struct {
		name   string
		starts []time.Time
		want   []uint64 // expired after ten days
	}{
		{"a right clock", []time.Time{day(-30), day(-11), day(-9), day(-1)}, []uint64{1, 2}},
		{"no clock among old ones", []time.Time{day(-30), epoch, day(-11), day(-1)}, []uint64{1, 2, 3}},
		{"no clock just now", []time.Time{day(-30), day(-1), epoch, epoch.Add(time.Hour)}, []uint64{1}},
		{"no clock at first", []time.Time{epoch, epoch.Add(time.Hour), day(-1)}, nil},
		{"no clock at first, long ago", []time.Time{epoch, epoch.Add(time.Hour), day(-20), day(-1)}, []uint64{1, 2, 3}},
		{"never a clock", []time.Time{epoch, epoch.Add(time.Hour)}, nil},
		{"the future among new ones", []time.Time{day(-30), day(-1), day(3650), day(-1).Add(time.Hour)}, []uint64{1}},
		{"the future among old ones", []time.Time{day(-30), day(3650), day(-29), day(-1)}, []uint64{1, 2, 3}},
		{"put back", []time.Time{day(-5), day(-30), day(-29)}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := shelfWith(t, tt.starts...)
			var got []uint64
			for _, v := range a.expired("a", now, 10*24*time.Hour) {
				got = append(got, v.sequence)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("expired %v, want %v", got, tt.want)
			}
		})
	}
}

// TestClockThatJumps follows a clock through the life of a hub.
func TestClockThatJumps(t *testing.T) {
	begin := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var hours []time.Time // an hour of recording before begin, ten times, without a pause
	for m := range 600 {
		hours = append(hours, begin.Add(time.Duration(m-600)*time.Minute))
	}
	jumped := begin.AddDate(10, 0, 0)
	type look struct {
		wall time.Time
		mono time.Duration
		want bool
	}
	tests := []struct {
		name   string
		starts []time.Time
		start  time.Time
		looks  []look
	}{
		{"recorded until now", hours, begin, []look{{begin.Add(time.Minute), time.Minute, true}}},
		{"off for a day", hours, begin.Add(24 * time.Hour), []look{{begin.Add(24 * time.Hour), 0, true}}},
		{"off for long", hours, jumped, []look{
			{jumped, 0, false}, {jumped.Add(5 * time.Hour), 5 * time.Hour, false}, {jumped.Add(7 * time.Hour), 7 * time.Hour, true},
		}},
		{"nothing recorded", nil, begin, []look{{begin, 0, false}, {begin.Add(7 * time.Hour), 7 * time.Hour, true}}},
		{"a jump while it runs, and back", hours, begin, []look{
			{begin.Add(time.Hour), time.Hour, true}, {jumped, 2 * time.Hour, false}, {jumped.Add(time.Hour), 3 * time.Hour, false},
			{begin.Add(4 * time.Hour), 4 * time.Hour, false}, {begin.Add(11 * time.Hour), 11 * time.Hour, true},
		}},
		{"no clock at first", hours, time.Unix(1000, 0), []look{
			{time.Unix(1000, 0), 0, false}, {begin.Add(time.Hour), time.Minute, false}, {begin.Add(8 * time.Hour), 7*time.Hour + time.Minute, true},
		}},
		{"a step of an hour", hours, begin, []look{{begin.Add(2 * time.Hour), time.Hour, true}}},
		{"a start after a jump", append(slices.Clone(hours), jumped, jumped.Add(time.Minute)), jumped.Add(2 * time.Minute), []look{
			{jumped.Add(2 * time.Minute), 0, false},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := shelfWith(t, tt.starts...)
			a.clock = clock{}
			a.clock.start(tt.start)
			for i, l := range tt.looks {
				if got := a.believed(l.wall, l.mono); got != l.want {
					t.Errorf("look %d: believed %v, want %v", i, got, l.want)
				}
			}
		})
	}
}
