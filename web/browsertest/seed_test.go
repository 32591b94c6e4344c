package browsertest

import (
	"bytes"
	"image"
	"image/color"
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
	const every, length = 30 * time.Second, time.Hour
	for at := from; at.Before(to); {
		r, err := a.Create(t.Context(), archive.NewSegment{Camera: id, Start: at, Width: 640, Height: 360, Gap: gap})
		if err != nil {
			t.Fatal(err)
		}
		for end := at.Add(length); at.Before(end) && at.Before(to); at = at.Add(every) {
			if err := r.Write(at, still(t, hue, at)); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(at); err != nil {
			t.Fatal(err)
		}
		gap = archive.None
	}
}

// still returns a picture that tells cameras and hours apart.
func still(t *testing.T, hue int, at time.Time) []byte {
	t.Helper()
	palette := color.Palette{}
	for i := range 16 {
		palette = append(palette, color.YCbCr{Y: uint8(60 + 8*i), Cb: uint8(90 + hue*40), Cr: uint8(170 - hue*30)})
	}
	m := image.NewPaletted(image.Rect(0, 0, 640, 360), palette)
	shift := int(at.Unix()/30) * 16
	for i := range m.Pix {
		m.Pix[i] = uint8((i%640+i/640+shift)/64) % 16
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 50}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zulu writes an instant as an address has it.
func zulu(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05Z") }
