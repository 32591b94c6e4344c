package browsertest

import (
	"bytes"
	"image"
	"image/jpeg"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	camdef "camhub/internal/camera"
	"camhub/internal/record/archive"
)

// seeded is what is there of each camera of a hub with a past: a picture every half
// minute from begun on, with a gap of two hours.
type seeded struct {
	begun, gap, resumed, ended time.Time
}

// startSeeded runs a hub whose cameras were recorded for two days, and are no longer.
func startSeeded(t *testing.T, cameras ...string) (*hub, seeded) {
	t.Helper()
	h := startHub(t)
	for _, name := range cameras {
		h.addSized(name, 640, 360)
	}
	h.keepAll()
	all := h.cameras()
	h.stop()
	now := time.Now().UTC().Truncate(time.Second)
	s := seeded{now.Add(-49 * time.Hour), now.Add(-6 * time.Hour), now.Add(-4 * time.Hour), now.Add(-10 * time.Minute)}
	a, err := archive.Open(t.Context(), archive.Config{Root: filepath.Join(h.data, "recordings"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range all {
		film(t, a, camdef.ID(c.ID), i, s.begun, s.gap, archive.None)
		film(t, a, camdef.ID(c.ID), i, s.resumed, s.ended, archive.Off)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	h.restart()
	return h, s
}

// film records a picture every half minute.
func film(t *testing.T, a *archive.Archive, id camdef.ID, hue int, from, to time.Time, gap archive.Gap) {
	t.Helper()
	const every, length = 30 * time.Second, 2 * time.Hour
	pictures := stills(t, hue)
	for at := from; at.Before(to); {
		r, err := a.Create(t.Context(), archive.NewSegment{Camera: id, Start: at, Width: 640, Height: 360, Gap: gap})
		if err != nil {
			t.Fatal(err)
		}
		for end := at.Add(length); at.Before(end) && at.Before(to); at = at.Add(every) {
			if err := r.Write(at, pictures[at.Unix()/30%int64(len(pictures))]); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(at); err != nil {
			t.Fatal(err)
		}
		gap = archive.None
	}
}

// stills returns pictures of a camera that differ, as they follow one another.
func stills(t *testing.T, hue int) (all [][]byte) {
	t.Helper()
	for n := range 8 {
		m := image.NewYCbCr(image.Rect(0, 0, 640, 360), image.YCbCrSubsampleRatio420)
		for i := range m.Y {
			m.Y[i] = uint8(60 + 16*((i%640+i/640+n*80)/80%8))
		}
		for i := range m.Cb {
			m.Cb[i], m.Cr[i] = uint8(90+hue*40), uint8(170-hue*30)
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 50}); err != nil {
			t.Fatal(err)
		}
		all = append(all, b.Bytes())
	}
	return all
}

// zulu writes an instant as an address has it.
func zulu(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05Z") }
