package httpcam

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/rawpeer"
	"camhub/internal/sourcetest"
	"camhub/internal/upstream"
)

// TestSilence looks at how long a camera may be silent within an answer, in
// fake time.
func TestSilence(t *testing.T) {
	pic := rawpeer.Picture(t, "420")
	tests := map[string]struct {
		single bool
		length string // Content-Length
		say    []string
		want   time.Duration // after the last of them; 0: for ever
	}{
		"a whole picture":          {true, "", []string{pic}, 500 * time.Millisecond},
		"a picture of wrong size":  {false, "99999", []string{pic}, 500 * time.Millisecond},
		"half a picture":           {true, "", []string{pic[:2000]}, byteTimeout},
		"nothing":                  {true, "", []string{""}, byteTimeout},
		"a slow picture":           {true, "", []string{pic[:1000], pic[1000:2000], pic[2000:3000]}, byteTimeout},
		"two pictures":             {true, "", []string{pic + pic}, byteTimeout},
		"a stream, where expected": {false, "", []string{pic}, 0},
	}
	cam := upstream.New(options(t, "http://h/", nil))
	for name, test := range tests {
		synctest.Test(t, func(t *testing.T) {
			r, w := io.Pipe()
			out := &sourcetest.Sink{}
			a := newAttempt(&Reader{Camera: cam, Interval: 500 * time.Millisecond, Single: test.single}, nil, out)
			var gaveUp time.Time
			in := newAnswer(&upstream.Answer{Header: http.Header{"Content-Length": {test.length}}, Body: r}, a, func() { gaveUp = time.Now(); w.Close() })
			defer in.silence.Stop()
			var last time.Time
			go func() {
				for i, text := range test.say {
					if i > 0 {
						time.Sleep(byteTimeout - time.Second)
					}
					_, _ = io.Copy(w, strings.NewReader(text))
					last = time.Now()
				}
				if test.want == 0 {
					time.Sleep(time.Hour)
					w.Close()
				}
			}()
			_ = a.pass(in, false)
			synctest.Wait()
			switch {
			case test.want == 0 && !gaveUp.IsZero():
				t.Errorf("%s: given up", name)
			case test.want > 0 && gaveUp.Sub(last) != test.want:
				t.Errorf("%s: given up after %v", name, gaveUp.Sub(last))
			}
		})
	}
}
