package httpcam

import (
	"net/http"
	"testing"
	"time"
)

// TestPace lets a camera answer in turn as slowly as it says.
func TestPace(t *testing.T) {
	const s = time.Second
	type step struct {
		took, wait time.Duration
		slow       bool
	}
	tests := map[string]struct {
		interval time.Duration
		steps    []step
	}{
		"quick":           {s, []step{{s / 10, s * 9 / 10, false}, {s / 2, s / 2, false}}},
		"too slow":        {s, []step{{s * 12 / 10, s * 8 / 10, true}, {s * 12 / 10, s * 8 / 10, true}}},
		"slower still":    {s, []step{{s * 3, s, true}, {s * 3, s, true}, {s * 5, s, true}, {s * 5, s, true}}},
		"quick again":     {s, []step{{s * 3, s, true}, {s * 3, s, true}, {s / 10, s*2 - s/10, false}, {s / 10, s - s/10, false}}},
		"a little slow":   {50 * s / 1000, []step{{60 * s / 1000, 40 * s / 1000, true}, {60 * s / 1000, 40 * s / 1000, true}}},
		"a long interval": {60 * s, []step{{9 * s, 51 * s, false}, {s, 59 * s, false}}},
	}
	for name, test := range tests {
		p := pace{interval: test.interval, period: test.interval}
		for i, step := range test.steps {
			wait, slow := p.next(step.took)
			if wait != step.wait || slow != step.slow {
				t.Errorf("%s, step %d: wait %v, slow %v, want %+v", name, i, wait, slow, step)
			}
			if wait+step.took < test.interval || wait <= 0 {
				t.Errorf("%s, step %d: asked again after %v", name, i, wait+step.took)
			}
		}
	}
}

func TestValidator(t *testing.T) {
	now := time.Now()
	h := func(etag, modified string) http.Header {
		return http.Header{"Etag": {etag}, "Last-Modified": {modified}}
	}
	v := validator{interval: time.Second}
	if v.condition(now) != nil {
		t.Error("a condition before the first answer")
	}
	if v.take(h(`"a"`, "Mon"), false, now) {
		t.Error("the first answer is wrong")
	}
	if c := v.condition(now.Add(9 * time.Second)); c.Get("If-None-Match") != `"a"` || c.Get("If-Modified-Since") != "Mon" {
		t.Errorf("condition %v", c)
	}
	if c := v.condition(now.Add(leastTrust)); c != nil {
		t.Errorf("trusted for ever: %v", c)
	}
	if v.take(h(`"a"`, "Mon"), true, now) || v.take(h(`"a"`, "Tue"), false, now) || v.take(h("", ""), false, now) || v.take(h("", ""), false, now) {
		t.Error("wrong without reason")
	}
	if v.condition(now) != nil {
		t.Error("a condition without a validator")
	}
	for name, test := range map[string]struct {
		etag string
		gap  time.Duration
		told bool
	}{"an ETag": {"a", time.Second, true}, "Last-Modified": {"", 2 * time.Second, true}, "within a second": {"", time.Second, false}} {
		v := validator{interval: time.Second}
		if v.take(h(test.etag, "Tue"), false, now) || v.take(h(test.etag, "Tue"), false, now.Add(test.gap)) != test.told || v.condition(now) != nil {
			t.Errorf("%s: one validator for two pictures is used", name)
		}
		if v.take(h(test.etag, "Tue"), false, now.Add(time.Hour)) {
			t.Errorf("%s: told twice", name)
		}
	}
	slow := validator{interval: time.Hour}
	slow.take(h(`"a"`, ""), false, now)
	if slow.condition(now.Add(3*time.Hour)) == nil || slow.condition(now.Add(4*time.Hour)) != nil {
		t.Error("the trust does not depend on the interval")
	}
}
