package live

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"log/slog"
	"strings"
	"testing"
	"time"

	"camhub/internal/camera"
	"camhub/internal/record/archive"
)

// jpegOf returns a grey JPEG.
func jpegOf(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, width, height)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tape is an archive with recordings that begin some time ago.
type tape struct {
	t     *testing.T
	a     *archive.Archive
	start time.Time
}

func newTape(t *testing.T) *tape {
	t.Helper()
	a, err := archive.Open(t.Context(), archive.Config{Root: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return &tape{t, a, time.Now().Add(-time.Hour).Truncate(time.Second)}
}

// record records ten pictures a second from an offset to another, after a gap.
func (p *tape) record(id camera.ID, from, to time.Duration, gap archive.Gap) {
	p.t.Helper()
	r, err := p.a.Create(p.t.Context(), archive.NewSegment{Camera: id, Start: p.start.Add(from), Width: 16, Height: 16, Gap: gap})
	if err != nil {
		p.t.Fatal(err)
	}
	for at := from; at < to; at += 100 * time.Millisecond {
		if err := r.Write(p.start.Add(at), jpegOf(p.t, 16, 16)); err != nil {
			p.t.Fatal(err)
		}
	}
	if err := r.Close(time.Time{}); err != nil {
		p.t.Fatal(err)
	}
}

// at is an offset as messages say it.
func (p *tape) at(d time.Duration) string { return p.start.Add(d).Format(time.RFC3339Nano) }

// offset is how long after the start a picture was recorded.
func (p *tape) offset(m wallMessage) time.Duration {
	return m.arrived.Sub(p.start).Round(time.Millisecond)
}

// picture gives the credit of pictures back until one satisfies ok.
func (c *wallClient) picture(what string, ok func(wallMessage) bool) wallMessage {
	c.t.Helper()
	for {
		m := c.until("picture")
		c.got(m)
		if ok(m) {
			return m
		}
	}
}

func TestSeekShowsTheNewestPictureNotLater(t *testing.T) {
	p := newTape(t)
	p.record("a", 0, 10*time.Second, archive.None)
	c := newPlayRig(t, p.a, "a").dial()
	c.want("3 a 100 60")
	for _, tt := range []struct{ at, want time.Duration }{
		{5 * time.Second, 5 * time.Second},
		{2*time.Second + 150*time.Millisecond, 2*time.Second + 100*time.Millisecond},
		{0, 0},
		{9*time.Second + 950*time.Millisecond, 9*time.Second + 900*time.Millisecond},
	} {
		c.send(`{"op":"seek","at":"` + p.at(tt.at) + `"}`)
		m := c.until("picture")
		c.got(m)
		if *m.Tile != 3 || p.offset(m) != tt.want {
			t.Errorf("at %v tile %d shows %v, want %v", tt.at, *m.Tile, p.offset(m), tt.want)
		}
	}
}

// TestSeekToTheBeginningOfARange goes to where lists of recordings say that one begins:
// in whole milliseconds, and so before its first picture.
func TestSeekToTheBeginningOfARange(t *testing.T) {
	p := newTape(t)
	p.start = p.start.Add(400 * time.Microsecond)
	p.record("a", 0, 2*time.Second, archive.None)
	p.record("a", 10*time.Minute, 10*time.Minute+2*time.Second, archive.Offline)
	rig := newPlayRig(t, p.a, "a")
	l, err := p.a.Timeline("a", p.start.Add(-time.Minute), p.start.Add(time.Hour), 0)
	if err != nil || len(l.Ranges) != 2 {
		t.Fatal(l.Ranges, err)
	}
	for i, want := range []time.Duration{0, 10 * time.Minute} {
		c := rig.dial()
		c.want("1 a 100 60")
		c.send(`{"op":"seek","at":"` + p.at(want-time.Minute) + `"}`)
		c.until("gap")
		c.send(`{"op":"seek","at":"` + l.Ranges[i].From.Format(time.RFC3339Nano) + `"}`)
		if m := c.until("picture"); p.offset(m) != want {
			t.Errorf("range %d begins with the picture of %v, want %v", i, p.offset(m), want)
		}
	}
}

func TestPlayMovesAllTilesOnOneClock(t *testing.T) {
	for _, tt := range []struct {
		speed    string
		from, to time.Duration
	}{
		{"32", time.Second, 50 * time.Second},
		{"-32", 170 * time.Second, time.Minute},
	} {
		t.Run(tt.speed, func(t *testing.T) {
			p := newTape(t)
			p.record("a", 0, 3*time.Minute, archive.None)
			p.record("b", 0, 3*time.Minute, archive.None)
			c := newPlayRig(t, p.a, "a", "b").dial()
			c.want("1 a 100 60", "2 b 100 60")
			c.send(`{"op":"play","at":"` + p.at(tt.from) + `","speed":` + tt.speed + `}`)
			at := map[int]time.Duration{}
			for len(at) < 2 || (at[1] < tt.to || at[2] < tt.to) == (tt.from < tt.to) {
				m := c.until("picture")
				c.got(m)
				if before, ok := at[*m.Tile]; ok && (p.offset(m) > before) != (tt.from < tt.to) {
					t.Fatalf("tile %d shows %v after %v", *m.Tile, p.offset(m), before)
				}
				at[*m.Tile] = p.offset(m)
			}
		})
	}
}

func TestPlaybackBackwardsEndsAtTheFirstPicture(t *testing.T) {
	p := newTape(t)
	p.record("a", 0, 5*time.Second, archive.None)
	c := newPlayRig(t, p.a, "a").dial()
	c.want("1 a 100 60")
	c.send(`{"op":"play","at":"` + p.at(4*time.Second) + `","speed":-32}`)
	c.picture("the first", func(m wallMessage) bool { return p.offset(m) == 0 })
	c.send(`{"op":"speed","speed":-32}`) // so that the clock is told
	for m := c.until("clock"); m.Playing; m = c.until("clock") {
		if m.Live {
			t.Fatal("it went live")
		}
	}
}

func TestStepGoesOnePictureOnOrBackAndStands(t *testing.T) {
	p := newTape(t)
	p.record("a", 0, 5*time.Second, archive.None)
	p.record("a", 20*time.Second, 25*time.Second, archive.Offline)
	c := newPlayRig(t, p.a, "a").dial()
	c.want("1 a 100 60")
	c.send(`{"op":"seek","at":"` + p.at(4800*time.Millisecond) + `"}`)
	c.got(c.until("picture"))
	for _, tt := range []struct {
		by   int
		want time.Duration
	}{
		{1, 4900 * time.Millisecond}, {1, 20 * time.Second}, {-1, 4900 * time.Millisecond}, {-3, 4600 * time.Millisecond}, {100, 24900 * time.Millisecond},
	} {
		c.send(fmt.Sprintf(`{"op":"step","by":%d}`, tt.by))
		c.picture("step", func(m wallMessage) bool { return p.offset(m) == tt.want })
	}
}

func TestGapIsToldWithItsReasonAndPassedOver(t *testing.T) {
	p := newTape(t)
	p.record("a", 0, 2*time.Second, archive.None)
	p.record("a", 10*time.Minute, 10*time.Minute+2*time.Second, archive.Offline)
	c := newPlayRig(t, p.a, "a").dial()
	c.want("1 a 100 60")
	c.send(`{"op":"seek","at":"` + p.at(5*time.Minute) + `"}`)
	g := c.until("gap")
	if *g.Tile != 1 || g.Reason.Code != "camera_offline" || g.Reason.Message == "" || !g.Until.Equal(p.start.Add(10*time.Minute)) {
		t.Errorf("the gap is %+v", g)
	}
	c.send(`{"op":"play"}`)
	c.picture("behind the gap", func(m wallMessage) bool { return p.offset(m) >= 10*time.Minute })
	c.send(`{"op":"seek","at":"` + p.at(-time.Minute) + `"}`)
	if g := c.until("gap"); g.Reason.Code != "none" || g.Until == nil {
		t.Errorf("the gap before everything is %+v", g)
	}
}

func TestPlaybackAtTheEndOfWhatIsRecordedGoesLive(t *testing.T) {
	p := newTape(t)
	p.record("a", 0, 2*time.Second, archive.None)
	r := newPlayRig(t, p.a, "a")
	c := r.dial()
	c.want("1 a 100 60")
	c.send(`{"op":"play","at":"` + p.at(time.Second) + `","speed":8}`)
	c.got(c.until("picture"))
	for m := c.until("clock"); !m.Live; m = c.until("clock") {
		if m.At == nil || m.Speed != 8 || !m.Playing {
			t.Errorf("the clock is %+v", m)
		}
	}
}

func TestLiveBringsLivePicturesBack(t *testing.T) {
	p := newTape(t)
	p.record("a", 0, 2*time.Second, archive.None)
	r := newPlayRig(t, p.a, "a")
	live := r.farm.cams["a"]
	live.Write(packet("one"))
	c := r.dial()
	c.want("1 a 100 60")
	c.got(c.until("picture"))
	c.send(`{"op":"seek","at":"` + p.at(time.Second) + `"}`)
	c.picture("recorded", func(m wallMessage) bool { return p.offset(m) == time.Second })
	eventually(t, "the live picture has no reader", func() bool { return live.Readers() == 0 })
	c.send(`{"op":"live"}`)
	if m := c.picture("live", func(m wallMessage) bool { return m.picture == "one" }); *m.Tile != 1 {
		t.Errorf("tile %d", *m.Tile)
	}
}

func TestOfManySeeksTheNewestWins(t *testing.T) {
	p := newTape(t)
	p.record("a", 0, 30*time.Second, archive.None)
	c := newPlayRig(t, p.a, "a").dial()
	c.want("1 a 100 60")
	const seeks = 2000
	for i := range seeks {
		c.send(`{"op":"seek","at":"` + p.at(time.Duration(i*13%290)*100*time.Millisecond) + `"}`)
	}
	c.send(`{"op":"seek","at":"` + p.at(29900*time.Millisecond) + `"}`)
	n := 0
	c.picture("the last", func(m wallMessage) bool { n++; return p.offset(m) == 29900*time.Millisecond })
	if n > seeks/2 {
		t.Errorf("%d pictures for %d seeks that nobody waited for", n, seeks)
	}
}

func TestPlaybackRefusesWhatItCannotDo(t *testing.T) {
	p := newTape(t)
	recorded, plain := newPlayRig(t, p.a, "a").dial(), newWallRig(t, "a").dial()
	for _, tt := range []struct {
		c              *wallClient
		message, field string
	}{
		{recorded, `{"op":"seek"}`, "/at"},
		{recorded, `{"op":"seek","at":"yesterday"}`, "/at"},
		{recorded, `{"op":"seek","at":"0001-01-01T00:00:00Z"}`, "/at"},
		{recorded, `{"op":"play","speed":0}`, "/speed"},
		{recorded, `{"op":"play","speed":1e9}`, "/speed"},
		{recorded, `{"op":"speed","speed":-33}`, "/speed"},
		{recorded, `{"op":"step","by":0}`, "/by"},
		{recorded, `{"op":"step","by":1,"tile":-1}`, "/tile"},
		{recorded, `{"op":"pause","at":"2026-01-02T15:04:05Z"}`, "/at"},
		{recorded, `{"op":"live","more":1}`, "/more"},
		{plain, `{"op":"pause"}`, ""},
	} {
		tt.c.send(tt.message)
		m := tt.c.until("error")
		var fields []string
		for _, f := range m.Problem.Errors {
			fields = append(fields, f.Pointer)
		}
		if m.Tile != nil || strings.Join(fields, " ") != tt.field {
			t.Errorf("%s: %+v names %q", tt.message, m.Problem, fields)
		}
	}
}

func TestStepLeavesAGap(t *testing.T) {
	p := newTape(t)
	p.record("a", 0, 2*time.Second, archive.None)
	p.record("a", 10*time.Minute, 10*time.Minute+2*time.Second, archive.Offline)
	for _, tt := range []struct {
		name     string
		at, want time.Duration
		by       int
	}{
		{"on", 5 * time.Minute, 10 * time.Minute, 1},
		{"further on", 5 * time.Minute, 10*time.Minute + 200*time.Millisecond, 3},
		{"back", 5 * time.Minute, 1900 * time.Millisecond, -1},
		{"further back", 5 * time.Minute, 1800 * time.Millisecond, -2},
		{"on to the first", -time.Minute, 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newPlayRig(t, p.a, "a").dial()
			c.want("1 a 100 60")
			c.send(`{"op":"seek","at":"` + p.at(tt.at) + `"}`)
			c.until("gap")
			c.send(fmt.Sprintf(`{"op":"step","by":%d}`, tt.by))
			m := c.until("picture")
			if p.offset(m) != tt.want {
				t.Errorf("the picture is of %v, want %v", p.offset(m), tt.want)
			}
		})
	}
}
