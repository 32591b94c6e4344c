package live

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/rendition"
	"camhub/internal/route"
)

// TestManySeeks asks for 10,000 pictures at once while none can be read: a bounded
// number waits, and not for long; the others are refused at once.
func TestManySeeks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, begin := film(t)
		defer a.Close()
		copies := rendition.New(slog.New(slog.DiscardHandler))
		defer copies.Close()
		live := New(Config{Archive: a, Copies: copies})
		s := NewRecorded(live)
		defer s.Close()
		h := route.New(s.Routes(), asAdmin, slog.New(slog.DiscardHandler))
		path := "/cameras/a/at/" + begin.UTC().Format(time.RFC3339Nano) + ".jpg"
		get := func() *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
			return w
		}
		for range maxSeeks {
			s.seeks <- struct{}{}
		}
		const n = 10_000
		began := time.Now()
		var mu sync.Mutex
		statuses := make(map[int]int)
		var wg sync.WaitGroup
		for range n {
			wg.Go(func() {
				w := get()
				mu.Lock()
				defer mu.Unlock()
				statuses[w.Code]++
				if took := time.Since(began); w.Code == http.StatusTooManyRequests && took != 0 || took > seekPatience {
					t.Errorf("%d after %v", w.Code, took)
				}
				if w.Header().Get("Retry-After") == "" {
					t.Errorf("%d without Retry-After", w.Code)
				}
			})
		}
		wg.Wait()
		if statuses[http.StatusServiceUnavailable] != maxWaiting || statuses[http.StatusTooManyRequests] != n-maxWaiting {
			t.Errorf("statuses %v, want %d that waited", statuses, maxWaiting)
		}
		go func() {
			time.Sleep(seekPatience / 2)
			<-s.seeks
		}()
		if w := get(); w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("when there is room again: %d %s", w.Code, w.Body)
		} else if live.Sent() != uint64(w.Body.Len()) {
			t.Errorf("%d bytes counted, and %d sent", live.Sent(), w.Body.Len())
		}
	})
}

// TestNoPicture shows what is said where there is none, and how old one may be.
func TestNoPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(400 * time.Microsecond)
		a, begin := film(t)
		defer a.Close()
		s := NewRecorded(New(Config{Archive: a}))
		defer s.Close()
		h := route.New(s.Routes(), asAdmin, slog.New(slog.DiscardHandler))
		for _, c := range []struct {
			at     time.Duration
			query  string
			status int
			text   string
		}{
			{0, "?max_age=0", 200, ""},
			{50 * time.Millisecond, "?max_age=0", 404, "nothing was recorded then"},
			{50 * time.Millisecond, "?max_age=0.05", 200, ""},
			{65 * time.Second, "", 200, ""}, // 10 s are the default
			{75 * time.Second, "", 404, "the camera gave no pictures"},
			{75 * time.Second, "?max_age=1m", 200, ""},
			{-time.Second, "", 404, "nothing was recorded then"},
			{-400 * time.Microsecond, "?max_age=0", 200, ""}, // the beginning, in whole milliseconds
			{-399 * time.Microsecond, "", 404, "nothing was recorded then"},
			{-1400 * time.Microsecond, "", 404, "nothing was recorded then"},
			{time.Hour, "", 404, "still to come"},
		} {
			w := httptest.NewRecorder()
			path := "/cameras/a/at/" + begin.Add(c.at).UTC().Format(time.RFC3339Nano) + ".jpg" + c.query
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.text) {
				t.Errorf("%v%s: %d %s, want %d %s", c.at, c.query, w.Code, w.Body, c.status, c.text)
			}
		}
	})
}

// TestInstants reads the times of addresses.
func TestInstants(t *testing.T) {
	for text, want := range map[string]string{
		"2026-01-02T15:04:05.678901234Z": "2026-01-02T15:04:05.678901234Z",
		"2026-01-02T15:04:05+14:00":      "2026-01-02T01:04:05Z",
		"1767366245.678901":              "2026-01-02T15:04:05.678901Z",
		"0":                              "1970-01-01T00:00:00Z",
		"253402300799.5":                 "9999-12-31T23:59:59.5Z",
		"9999-12-31T23:59:59-01:00":      "", "0001-01-01T00:00:00+01:00": "", "253402300800": "", "-1": "",
		"NaN": "", "Inf": "", "1e400": "", "": "", "2026-02-30T00:00:00Z": "", "now": "",
	} {
		got := ""
		if at, ok := parseInstant(text); ok {
			got = at.Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
