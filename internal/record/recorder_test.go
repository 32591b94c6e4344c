package record

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/media"
	"camhub/internal/record/archive"
	"camhub/internal/stream"
)

// reel runs a recorder in a bubble with a clock of its own, which begins at
// 2000-01-01, and lets feed give it pictures.
func reel(t *testing.T, c Config, feed func(s *studio)) (root string) {
	root = t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		a := openArchive(t, root, archive.Policy{})
		s := open(t, a, c)
		feed(s)
		s.stop()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return root
}

// shoot gives n pictures, numbered from first, one every interval.
func shoot(s *studio, sh *shot, first, n int, every time.Duration) {
	for i := range n {
		s.Write(sh.packet(uint32(first+i), nil))
		time.Sleep(every)
	}
}

func count(from, n int) (ns []int64) {
	for i := range n {
		ns = append(ns, int64(from+i))
	}
	return ns
}

// TestTenMinutes records ten minutes at five pictures a second. All are there, ffmpeg
// plays them, and the segments end on the wall clock.
func TestTenMinutes(t *testing.T) {
	sh := newShot(64, 48, 2000)
	root := reel(t, Config{}, func(s *studio) { shoot(s, sh, 0, 3000, 200*time.Millisecond) })
	r := clean(t, root)
	if r.Pictures != 3000 || len(r.Findings) != 0 {
		t.Errorf("%+v", r)
	}
	if segments, pictures := play(t, root); segments != 11 || pictures != 3000 {
		t.Errorf("%d segments with %d pictures", segments, pictures)
	}
	a := openArchive(t, root, archive.Policy{})
	defer a.Close()
	if got := numbers(t, a, "a", time.Time{}); !slices.Equal(got, count(0, 3000)) {
		t.Errorf("%d pictures, not in order", len(got))
	}
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	l, err := a.Timeline("a", at, at.Add(time.Hour), 0)
	if err != nil || len(l.Ranges) != 1 || l.Pictures != 3000 {
		t.Errorf("%+v, %v", l, err)
	}
	want := shift("a", time.Minute).Truncate(time.Millisecond)
	for at = at.Add(2 * time.Minute); ; at = at.Add(time.Minute) {
		s, ok := a.Find("a", at)
		if !ok || s.From().After(l.Ranges[0].To) || at.Sub(s.From()) > time.Minute {
			break
		}
		if d := s.From().Sub(s.From().Truncate(time.Minute)) - want; d < 0 || d > 210*time.Millisecond {
			t.Errorf("a segment begins at %v, want %v after the minute", s.From(), want)
		}
	}
}

func TestShiftsDiffer(t *testing.T) {
	seen := map[time.Duration]bool{}
	for _, id := range []string{"a", "b", "front-door", "garage"} {
		s := shift(cameraID(id), time.Minute)
		if s < 0 || s >= time.Minute || seen[s.Truncate(time.Second)] {
			t.Errorf("%s: %v", id, s)
		}
		seen[s.Truncate(time.Second)] = true
	}
}

// TestSilentCamera has a camera that is away for a while, and one that gives a
// picture every half minute.
func TestSilentCamera(t *testing.T) {
	sh := newShot(16, 16, 0)
	root := reel(t, Config{SegmentLength: time.Hour}, func(s *studio) {
		shoot(s, sh, 0, 20, time.Second/4)
		time.Sleep(time.Minute)
		synctest.Wait()
		if st := s.r.Status(); st.State != Waiting || st.Gap != archive.Offline {
			t.Errorf("%+v", st)
		}
		shoot(s, sh, 20, 20, time.Second/4)
	})
	a := openArchive(t, root, archive.Policy{})
	defer a.Close()
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	l, _ := a.Timeline("a", at, at.Add(2*time.Hour), 0)
	if len(l.Ranges) != 2 || len(l.Missing) < 1 || l.Missing[0].Why != archive.Offline || l.Missing[0].To.Sub(l.Missing[0].From) != time.Minute {
		t.Errorf("%+v", l)
	}
	root = reel(t, Config{SegmentLength: time.Hour}, func(s *studio) { shoot(s, sh, 0, 60, 15*time.Second) })
	if r := clean(t, root); r.Segments > 2 || r.Pictures != 60 {
		t.Errorf("a slow camera: %+v", r)
	}
}

func TestSizeBeginsASegment(t *testing.T) {
	small, large := newShot(48, 32, 0), newShot(32, 48, 0)
	root := reel(t, Config{SegmentLength: time.Hour}, func(s *studio) {
		shoot(s, small, 0, 10, time.Second)
		shoot(s, large, 10, 10, time.Second)
	})
	a := openArchive(t, root, archive.Policy{})
	defer a.Close()
	at := time.Date(2000, 1, 1, 0, 0, 5, 0, time.UTC)
	x, _ := a.Find("a", at)
	y, _ := a.Find("a", at.Add(10*time.Second))
	if x.Width != 48 || y.Width != 32 || y.Height != 48 || y.Gap != archive.None || x.Pictures != 10 || !x.Until().Equal(y.From()) {
		t.Errorf("%+v, %+v", x, y)
	}
	play(t, root)
}

func TestFewerPictures(t *testing.T) {
	sh := newShot(16, 16, 0)
	for _, tt := range []struct {
		fps  float64
		want int64
	}{{0, 600}, {5, 100}, {60, 600}, {0.5, 10}, {12, 240}} {
		root := reel(t, Config{MaxFPS: tt.fps}, func(s *studio) { shoot(s, sh, 0, 600, time.Second/30) })
		if r := clean(t, root); r.Pictures < tt.want-1 || r.Pictures > tt.want+1 {
			t.Errorf("at %v a second: %d pictures, want %d", tt.fps, r.Pictures, tt.want)
		}
	}
}

// TestFirstPictureIsNotOld has a picture in the stream from before the recording.
func TestFirstPictureIsNotOld(t *testing.T) {
	root := t.TempDir()
	sh := newShot(16, 16, 0)
	synctest.Test(t, func(t *testing.T) {
		a := openArchive(t, root, archive.Policy{})
		defer a.Close()
		st := stream.New()
		st.Write(sh.packet(99, nil))
		time.Sleep(time.Hour)
		s := open(t, a, Config{Stream: st})
		shoot(s, sh, 0, 3, time.Second)
		s.stop()
	})
	if r := clean(t, root); r.Pictures != 3 {
		t.Fatalf("%d pictures", r.Pictures)
	}
}

// TestOnlyWhatIsWhole gives pictures that are none.
func TestOnlyWhatIsWhole(t *testing.T) {
	sh := newShot(16, 16, 0)
	root := reel(t, Config{}, func(s *studio) {
		shoot(s, sh, 0, 2, time.Second)
		bad := sh.packet(9, nil)
		bad.Data = bad.Data[:len(bad.Data)-1]
		s.Write(bad)
		bad = sh.packet(9, nil)
		bad.Track = &media.Track{Codec: media.JPEG}
		s.Write(bad)
		shoot(s, sh, 2, 2, time.Second)
		synctest.Wait()
		if st := s.r.Status(); st.Lost != 2 || st.State != Recording {
			t.Errorf("%+v", st)
		}
	})
	if r := clean(t, root); r.Pictures != 4 {
		t.Errorf("%+v", r)
	}
}

func TestReasonsAtTheStart(t *testing.T) {
	sh := newShot(16, 16, 0)
	root := t.TempDir()
	var got []archive.Gap
	synctest.Test(t, func(t *testing.T) {
		for range 2 { // lives of the hub
			a := openArchive(t, root, archive.Policy{})
			for range 2 {
				s := open(t, a, Config{})
				shoot(s, sh, 0, 2, time.Second)
				x, ok := a.Find("a", time.Now())
				if !ok {
					t.Fatal("nothing recorded")
				}
				got = append(got, x.Gap)
				s.stop()
				time.Sleep(time.Minute)
			}
			a.Close()
		}
	})
	if want := []archive.Gap{archive.None, archive.Off, archive.Stopped, archive.Off}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
