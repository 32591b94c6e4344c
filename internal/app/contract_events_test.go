package app

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/store"
)

// firstSeeded is when the first seeded event happened; the others follow, one a
// second.
var firstSeeded = time.Date(2026, 1, 2, 15, 4, 5, 678e6, time.UTC)

// seededType is the type of the event i that is seeded: each camera has all types.
func seededType(i int) event.Type { return event.Types[i/3%len(event.Types)] }

// seedEvents stores n events, before the program starts.
func seedEvents(t *testing.T, dir string, n int) {
	t.Helper()
	db, err := store.Open(filepath.Join(dir, "camhub.db"))
	if err != nil {
		t.Fatal(err)
	}
	es := make([]event.Event, n)
	for i := range es {
		es[i] = event.Event{
			Time: firstSeeded.Add(time.Duration(i) * time.Second), Type: seededType(i),
			Camera: camera.ID(fmt.Sprintf("camera-%d", i%3)), Name: `Say "cheese", please; =1+1`,
		}
		if es[i].Type == event.Offline {
			es[i].Reason = &event.Reason{Code: "stalled", Message: "The camera sent nothing for 10s." + strings.Repeat(" And so on.", 30)}
			es[i].DurationMS = int64(1 + i)
		}
	}
	if _, err := db.AppendEvents(es); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// eventPage is a page as a client reads it.
type eventPage struct {
	Events []event.Event
	Cursor *string
}

func (h *testHub) page(query string) eventPage {
	h.t.Helper()
	return decode[eventPage](h.t, h.want(http.StatusOK, "GET", "/api/v1/events?"+query, ""))
}

// allPages follows the cursors to the end.
func (h *testHub) allPages(query string, limit int) []event.Event {
	h.t.Helper()
	var all []event.Event
	cursor := ""
	for {
		p := h.page(fmt.Sprintf("%s&limit=%d&cursor=%s", query, limit, cursor))
		all = append(all, p.Events...)
		if p.Cursor == nil {
			return all
		}
		if len(p.Events) != limit {
			h.t.Errorf("a page of %d has %d events", limit, len(p.Events))
		}
		cursor = *p.Cursor
	}
}

// numbers returns the IDs of events.
func numbers(es []event.Event) []int {
	ns := make([]int, len(es))
	for i, e := range es {
		ns[i] = int(e.ID)
	}
	return ns
}

const seeded = 1503 // events in the hub of the tests that page through them

func eventPages(t *testing.T, h *testHub) {
	if n := len(h.page("").Events); n != 100 {
		t.Errorf("a page without a limit has %d events", n)
	}
	if n := len(h.page("limit=5000").Events); n != 1000 {
		t.Errorf("the largest page has %d events", n)
	}
	for _, limit := range []int{1000, 501, 501 * 3} { // 501 divides all of them
		all := numbers(h.allPages("", min(limit, 1000)))
		if len(all) != seeded || all[0] != seeded || !slices.IsSortedFunc(all, func(a, b int) int { return b - a }) || len(slices.Compact(slices.Clone(all))) != seeded {
			t.Errorf("pages of %d: %d events from %d", limit, len(all), all[0])
		}
	}
	at := func(i int) string {
		return url.QueryEscape(firstSeeded.Add(time.Duration(i) * time.Second).Format(time.RFC3339Nano))
	}
	inZone := url.QueryEscape(firstSeeded.Add(100 * time.Second).In(time.FixedZone("", 2*60*60)).Format(time.RFC3339Nano))
	for query, keep := range map[string]func(i int) bool{
		"camera=camera-1":                           func(i int) bool { return i%3 == 1 },
		"type=offline":                              func(i int) bool { return seededType(i) == event.Offline },
		"camera=camera-2&type=added":                func(i int) bool { return i%3 == 2 && seededType(i) == event.Added },
		"since=" + at(1490):                         func(i int) bool { return i >= 1490 },
		"until=" + at(10):                           func(i int) bool { return i < 10 },
		"since=" + inZone + "&until=" + at(120):     func(i int) bool { return i >= 100 && i < 120 },
		"since=" + at(50) + "&camera=camera-0":      func(i int) bool { return i >= 50 && i%3 == 0 },
		"camera=nobody":                             func(int) bool { return false },
		"since=" + at(20) + "&until=" + at(10):      func(int) bool { return false },
		"camera=&type=&since=&until=&type=offline":  func(int) bool { return true }, // an empty one is none
		"camera=camera-1&type=&until=" + at(seeded): func(i int) bool { return i%3 == 1 },
	} {
		var want []int
		for i := seeded - 1; i >= 0; i-- {
			if keep(i) {
				want = append(want, i+1)
			}
		}
		if got := numbers(h.allPages(query, 97)); !slices.Equal(got, want) {
			t.Errorf("%s: %d events, want %d", query, len(got), len(want))
		}
	}
}

func eventFormats(t *testing.T, h *testHub) {
	want := h.allPages("", 1000)
	lines := h.want(http.StatusOK, "GET", "/api/v1/events", "", "Accept", "application/x-ndjson").body
	var got []event.Event
	for line := range bytes.Lines(lines) {
		var e event.Event
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		got = append(got, e)
	}
	if !slices.EqualFunc(got, want, sameEvent) {
		t.Errorf("NDJSON has %d events, JSON %d", len(got), len(want))
	}
	compareCSV(t, h.want(http.StatusOK, "GET", "/api/v1/events", "", "Accept", "text/csv").body, want)
	compareCSV(t, h.want(http.StatusOK, "GET", "/api/v1/events?limit=7&type=offline", "", "Accept", "text/csv").body, h.page("limit=7&type=offline").Events)
	compareCSV(t, h.want(http.StatusOK, "GET", "/api/v1/events?camera=nobody", "", "Accept", "text/csv").body, nil)
	if n := bytes.Count(h.want(http.StatusOK, "GET", "/api/v1/events?limit=1001", "", "Accept", "application/x-ndjson").body, []byte("\n")); n != 1001 {
		t.Errorf("limit=1001 gives %d lines", n)
	}
	for accept, kind := range map[string]string{
		"*/*":                                   "application/json",
		"text/html, */*;q=0.8":                  "application/json",
		"text/html":                             "application/json",
		"application/json, text/csv;q=0.9":      "application/json",
		"text/csv, application/json;q=0.1":      "text/csv; charset=utf-8; header=present",
		"text/*":                                "text/csv; charset=utf-8; header=present",
		"application/X-NDJSON;q=0.5, */*;q=0.1": "application/x-ndjson",
	} {
		for _, method := range []string{"GET", "HEAD"} {
			if got := h.want(http.StatusOK, method, "/api/v1/events", "", "Accept", accept).header.Get("Content-Type"); got != kind {
				t.Errorf("%s with Accept: %s: got %s", method, accept, got)
			}
		}
	}
}

func sameEvent(a, b event.Event) bool {
	x, _ := json.Marshal(a) // an event always marshals
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// compareCSV compares every row with its event.
func compareCSV(t *testing.T, body []byte, want []event.Event) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], " "); got != "id time type camera name code message duration_ms lost from to actor subject remote" {
		t.Errorf("header %s", got)
	}
	if len(rows) != len(want)+1 {
		t.Fatalf("%d rows, want %d", len(rows)-1, len(want))
	}
	for i, e := range want {
		var reason event.Reason
		if e.Reason != nil {
			reason = *e.Reason
		}
		duration := ""
		if e.DurationMS != 0 {
			duration = strconv.FormatInt(e.DurationMS, 10)
		}
		lost, from, to := "", "", ""
		if e.Lost != 0 {
			lost = strconv.FormatUint(e.Lost, 10)
		}
		if e.Span != nil {
			from, to = e.Span.From.Format(time.RFC3339Nano), e.Span.To.Format(time.RFC3339Nano)
		}
		row := []string{strconv.FormatUint(e.ID, 10), e.Time.Format(time.RFC3339Nano), string(e.Type), string(e.Camera), e.Name, reason.Code, reason.Message, duration, lost, from, to, e.Actor, e.Subject, e.Remote}
		if !slices.Equal(rows[i+1], row) {
			t.Errorf("row %d is %q, want %q", i+1, rows[i+1], row)
		}
	}
}

func wrongEventParameters(t *testing.T, h *testHub) {
	for query, want := range map[string]string{
		"limit=0":                             "/limit",
		"limit=-1":                            "/limit",
		"limit=ten":                           "/limit",
		"limit=1e3":                           "/limit",
		"cursor=0":                            "/cursor",
		"cursor=x":                            "/cursor",
		"cursor=-1":                           "/cursor",
		"camera=..%2Fx":                       "/camera",
		"camera=A":                            "/camera",
		"type=motion":                         "/type",
		"since=yesterday":                     "/since",
		"until=2026-01-02T15:04:05":           "/until", // in which zone?
		"since=2026-13-02T15:04:05Z":          "/since",
		"colour=red":                          "/colour",
		"b=1&a=2&limit=x&cursor=y&type=z":     "/a /b /cursor /limit /type",
		"camera=A&since=x&until=y&kamera=a-1": "/camera /kamera /since /until",
	} {
		for _, accept := range []string{"application/json", "application/x-ndjson", "text/csv"} {
			a := h.want(http.StatusUnprocessableEntity, "GET", "/api/v1/events?"+query, "", "Accept", accept)
			if got := pointers(t, a); got != want {
				t.Errorf("%s: faults at %s, want %s", query, got, want)
			}
		}
	}
}
