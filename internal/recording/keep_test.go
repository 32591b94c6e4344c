package recording

import (
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/retention"
)

func TestLimitsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, t.TempDir())
		defer h.close()
		h.add(`{"mode":"always"}`)
		time.Sleep(10 * time.Minute)
		pin := retention.Pin{Cameras: h.archive.Cameras(), From: time.Now().Add(-9 * time.Minute), To: time.Now().Add(-8 * time.Minute)}
		pin, err := h.AddPin(t.Context(), pin)
		if err != nil {
			t.Fatal(err)
		}
		h.patch(`{"record":{"keep_bytes":2097152}}`) // not four minutes
		time.Sleep(2 * time.Minute)
		l := h.timeline(time.Second)
		if len(l.Ranges) != 2 || !l.Ranges[0].From.Before(pin.To) || time.Since(l.Ranges[1].From) > 6*time.Minute {
			t.Errorf("with a pin: %+v", l.Ranges)
		}
		if err := h.RemovePin(t.Context(), pin.ID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Minute) // the budget is full again, whatever there was
		if l := h.timeline(time.Second); len(l.Ranges) != 1 || time.Since(l.Ranges[0].From) > 6*time.Minute {
			t.Errorf("without: %+v", l.Ranges)
		}
	})
}

func TestForecastWarns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, t.TempDir())
		defer h.close()
		h.add(`{"mode":"always"}`)
		time.Sleep(3 * time.Minute)
		huge, tiny, days := int64(1)<<60, int64(1)<<20, 36500.0
		for _, c := range []struct {
			name  string
			trial Trial
			codes string
		}{
			{"as it is", Trial{}, ""},
			{"more than the disk has", Trial{Settings: &retention.Settings{KeepBytes: &huge}}, "keep_bytes"},
			{"more free than there is", Trial{Settings: &retention.Settings{MinFreeBytes: 1 << 50}}, "min_free_bytes deletes"},
			{"less than there is", Trial{Settings: &retention.Settings{KeepBytes: &tiny}}, "deletes"},
			{"longer than there is room", Trial{Camera: "a", KeepDays: &days}, "keep_days"},
			{"more than there is room", Trial{Camera: "a", KeepBytes: &huge}, "keep_bytes"},
		} {
			f, err := h.Forecast(c.trial)
			if err != nil {
				t.Fatal(err)
			}
			codes := ""
			for i, w := range f.Warnings {
				if i > 0 {
					codes += " "
				}
				codes += w.Code
				t.Logf("%s: %s", c.name, w.Message)
			}
			if codes != c.codes {
				t.Errorf("%s: warnings %q, want %q", c.name, codes, c.codes)
			}
		}
	})
}
