package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/record/archive"
)

// film is an archive of a camera "a": a minute with ten pictures a second, half a
// minute in which the camera was offline, and a minute more. It begins at the time of
// the bubble, which is over when it is made.
func film(t *testing.T) (a *archive.Archive, begin time.Time) {
	t.Helper()
	a, err := archive.Open(t.Context(), archive.Config{Root: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	begin = time.Now()
	shoot(t, a, begin, archive.None)
	shoot(t, a, begin.Add(90*time.Second), archive.Offline)
	time.Sleep(time.Until(begin.Add(151 * time.Second)))
	return a, begin
}

const (
	filmStep = 100 * time.Millisecond
	filmLong = 600 // pictures
)

func shoot(t *testing.T, a *archive.Archive, from time.Time, why archive.Gap) {
	t.Helper()
	seg, err := a.Create(t.Context(), archive.NewSegment{Camera: "a", Start: from, Width: 8, Height: 8, Gap: why})
	if err != nil {
		t.Fatal(err)
	}
	for i := range filmLong {
		at := from.Add(time.Duration(i) * filmStep)
		if err := seg.Write(at, fmt.Appendf(nil, "\xff\xd8%d\xff\xd9", at.UnixMilli())); err != nil {
			t.Fatal(err)
		}
	}
	if err := seg.Close(time.Time{}); err != nil {
		t.Fatal(err)
	}
}

// shown is a picture of a playback: how long after its begin, and of what time.
type shown struct{ after, of time.Duration }

// screen plays to the end, or at most so many pictures. takes is how long a viewer
// takes for each.
func screen(t *testing.T, a *archive.Archive, begin time.Time, spec playSpec, takes time.Duration, most int) (out []shown) {
	t.Helper()
	p := newPlayer(a, "a", spec)
	defer p.close()
	if err := p.begin(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for len(out) < most {
		pk, err := p.next(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Appendf(nil, "\xff\xd8%d\xff\xd9", pk.Time().UnixMilli()); !bytes.Equal(pk.Data, want) {
			t.Fatalf("the picture of %v is %q", pk.Time(), pk.Data)
		}
		out = append(out, shown{time.Since(began).Round(time.Millisecond), pk.Time().Sub(begin).Round(time.Millisecond)})
		time.Sleep(takes)
	}
	return out
}

// TestPlay plays a film in all ways and looks at what is shown when.
func TestPlay(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name     string
		from, to time.Duration
		speed    float64
		fps      float64
		takes    time.Duration
		want     []shown // the first ones
		n        int     // of all
		last     shown
	}{
		{name: "as it was", speed: 1, from: 1050 * ms, to: 3 * time.Second,
			want: []shown{{0, 1000 * ms}, {100 * ms, 1100 * ms}, {200 * ms, 1200 * ms}}, n: 21, last: shown{2 * time.Second, 3 * time.Second}},
		{name: "slowly", speed: 0.125, to: 200 * ms, want: []shown{{0, 0}, {800 * ms, 100 * ms}}, n: 3, last: shown{1600 * ms, 200 * ms}},
		{name: "fast, at a rate", speed: 32, to: 59900 * ms, fps: 10,
			want: []shown{{0, 0}, {100 * ms, 3200 * ms}, {200 * ms, 6400 * ms}}, n: 20, last: shown{1872 * ms, 59900 * ms}},
		{name: "backwards", speed: -2, from: time.Second, want: []shown{{0, 1000 * ms}, {50 * ms, 900 * ms}}, n: 11, last: shown{500 * ms, 0}},
		{name: "over the gap", speed: 1, from: 59800 * ms, to: 90100 * ms,
			want: []shown{{0, 59800 * ms}, {100 * ms, 59900 * ms}, {1100 * ms, 90000 * ms}, {1200 * ms, 90100 * ms}}, n: 4, last: shown{1200 * ms, 90100 * ms}},
		{name: "backwards over the gap", speed: -1, from: 90 * time.Second, to: 59850 * ms,
			want: []shown{{0, 90000 * ms}, {1000 * ms, 59900 * ms}}, n: 2, last: shown{1000 * ms, 59900 * ms}},
		{name: "from within the gap", speed: 1, from: 75 * time.Second, to: 90100 * ms, want: []shown{{0, 90000 * ms}}, n: 2, last: shown{100 * ms, 90100 * ms}},
		{name: "from before all", speed: 1, from: -time.Hour, to: 100 * ms, want: []shown{{0, 0}}, n: 2, last: shown{100 * ms, 100 * ms}},
		{name: "to the end", speed: 8, from: 149 * time.Second, want: []shown{{0, 149000 * ms}}, n: 6, last: shown{112 * ms, 149900 * ms}},
		{name: "a viewer that is too slow", speed: 1, to: 10 * time.Second, takes: 700 * ms,
			want: []shown{{0, 0}, {700 * ms, 700 * ms}, {1400 * ms, 1400 * ms}}, n: 16, last: shown{10500 * ms, 10000 * ms}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, begin := film(t)
				defer a.Close()
				spec := playSpec{from: begin.Add(c.from), speed: c.speed, fps: c.fps}
				if c.to != 0 {
					spec.to = begin.Add(c.to)
				}
				if c.fps == 0 {
					spec.fps = defaultPlayFPS
				}
				got := screen(t, a, begin, spec, c.takes, math.MaxInt)
				if len(got) < len(c.want) || !slices.Equal(got[:len(c.want)], c.want) {
					t.Errorf("shown %v, want %v", got[:min(len(got), 5)], c.want)
				}
				if last := got[len(got)-1]; len(got) != c.n || (last.after-c.last.after).Abs() > 50*ms || last.of != c.last.of {
					t.Errorf("%d pictures, the last %v; want %d, %v", len(got), last, c.n, c.last)
				}
			})
		})
	}
}

// TestPlayNothing begins where there is nothing to play.
func TestPlayNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, begin := film(t)
		defer a.Close()
		for _, spec := range []playSpec{
			{from: begin.Add(-time.Second), speed: -1},
			{from: begin.Add(-time.Hour), to: begin.Add(-time.Minute), speed: 1},
			{from: begin.Add(61 * time.Second), to: begin.Add(80 * time.Second), speed: 1},
			{from: begin.Add(time.Hour), speed: 1},
		} {
			p := newPlayer(a, "a", spec)
			if err := p.begin(); err == nil {
				t.Errorf("%+v begins at %v", spec, p.frame.Time.Sub(begin))
			}
			p.close()
		}
	})
}

// TestPlayEnds shows that the wait for a picture ends with its context.
func TestPlayEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, begin := film(t)
		defer a.Close()
		p := newPlayer(a, "a", playSpec{from: begin, speed: 0.125, fps: 0.1})
		defer p.close()
		if err := p.begin(); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := p.next(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := p.next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}
