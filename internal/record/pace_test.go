package record

import (
	"testing"
	"time"
	"unsafe"

	"camhub/internal/camera"
	"camhub/internal/media"
)

func cameraID(s string) camera.ID { return camera.ID(s) }

// setClock returns t as it would be if the wall clock had been set by so many
// seconds: the monotonic reading stays. There is no way to ask package time for it.
func setClock(t *testing.T, at time.Time, seconds int64) time.Time {
	t.Helper()
	set := at
	*(*uint64)(unsafe.Pointer(&set)) += uint64(seconds) << 30
	if set.Round(0).Sub(at.Round(0)) != time.Duration(seconds)*time.Second || set.Sub(at) != 0 {
		t.Fatal("package time keeps its times in another way now")
	}
	return set
}

func TestClockBetweenPictures(t *testing.T) {
	now := time.Now()
	for _, tt := range []struct {
		name  string
		after time.Duration
		set   int64
		want  step
	}{
		{"a picture later", 100 * time.Millisecond, 0, steady},
		{"an hour later", time.Hour, 0, steady},
		{"set forward", 100 * time.Millisecond, 3600, forward},
		{"put back", 100 * time.Millisecond, -3600, backward},
		{"put back while the camera was away", time.Hour, -1800, backward},
		{"moved a little", 100 * time.Millisecond, 1, steady},
	} {
		var c pace
		c.next(&media.Packet{Arrived: now})
		at := setClock(t, now.Add(tt.after), tt.set)
		if got, s := c.next(&media.Packet{Arrived: at}); s != tt.want || !got.Equal(at) {
			t.Errorf("%s: %v at %v, want %v", tt.name, s, got, tt.want)
		}
	}
}

func TestInstant(t *testing.T) {
	now := time.Now()
	for _, tt := range []struct{ captured, want time.Time }{
		{time.Time{}, now},
		{now.Add(-100 * time.Millisecond), now.Add(-100 * time.Millisecond)},
		{now.AddDate(-40, 0, 0), now},
		{now.Add(time.Hour), now},
	} {
		if got := instant(&media.Packet{Captured: tt.captured, Arrived: now}); !got.Equal(tt.want) {
			t.Errorf("captured %v: %v, want %v", tt.captured, got, tt.want)
		}
	}
}

func TestPatience(t *testing.T) {
	var c pace
	at := time.Now()
	next := func(d time.Duration) {
		at = at.Add(d)
		c.next(&media.Packet{Arrived: at})
	}
	if c.patience() != firstSilence {
		t.Error("nothing is known yet")
	}
	for range 5 {
		next(time.Second / 10)
	}
	if c.patience() != silence {
		t.Errorf("a fast camera: %v", c.patience())
	}
	next(time.Hour)
	next(time.Second / 10)
	if c.patience() != silence {
		t.Errorf("a fast camera that was away: %v", c.patience())
	}
	for range 8 {
		next(time.Minute)
	}
	if c.patience() != 3*time.Minute {
		t.Errorf("a slow camera: %v", c.patience())
	}
}
