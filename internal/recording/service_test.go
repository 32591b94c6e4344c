package recording

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/record/archive"
	"camhub/internal/registry"
	"camhub/internal/retention"
	"camhub/internal/source"
	"camhub/internal/source/emulated"
	"camhub/store"
)

func TestMain(m *testing.M) {
	if berlin, err := time.LoadLocation("Europe/Berlin"); err == nil {
		time.Local = berlin
	}
	goleak.VerifyTestMain(m)
}

// rig is a registry with its database and cameras, and a service that records them.
type rig struct {
	t   *testing.T
	dir string
	db  *store.Store
	reg *registry.Registry
	*Service
}

// open starts a rig on a data folder, in a bubble whose time begins on Saturday,
// 2000-01-01, at one o'clock in Berlin. The caller closes it.
func open(t *testing.T, dir string) *rig {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	h := &rig{t: t, dir: dir}
	var err error
	if h.db, err = store.Open(filepath.Join(dir, "camhub.db")); err != nil {
		t.Fatal(err)
	}
	// The disk of any machine is large enough.
	if err := h.db.SetRecordSettings(retention.Settings{}); err != nil {
		t.Fatal(err)
	}
	h.reg = registry.New(registry.Config{Store: h.db, Kinds: source.Kinds{emulated.Kind}, DataDir: dir, Log: log})
	if err := h.reg.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.Service, err = Open(t.Context(), Config{
		Root: filepath.Join(dir, "recordings"), Store: h.db, Cameras: h.reg, Streams: h.reg.Hub(),
		Watch: func() Watch { return h.reg.Watch() }, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Start()
	return h
}

func (h *rig) close() {
	h.reg.EndStreams()
	for _, end := range []func() error{h.Service.Close, h.reg.Close, h.db.Close} {
		if err := end(); err != nil {
			h.t.Error(err)
		}
	}
}

// add adds camera "a", which is only open while it is recorded, with a record section.
func (h *rig) add(record string) {
	h.t.Helper()
	_, err := h.reg.Create(h.t.Context(), []byte(`{"id":"a","name":"A","mode":"on_demand","idle_timeout":"1s","record":`+record+`,
		"source":{"kind":"emulated","width":64,"height":48,"fps":5}}`))
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *rig) patch(body string) {
	h.t.Helper()
	if _, err := h.reg.Patch(h.t.Context(), "a", []byte(body), registry.Condition{}); err != nil {
		h.t.Fatal(err)
	}
}

// timeline is all that there is of camera "a".
func (h *rig) timeline(minGap time.Duration) *archive.Timeline {
	h.t.Helper()
	l, err := h.Archive().Timeline("a", time.Unix(0, 0), time.Now(), minGap)
	if err != nil {
		h.t.Fatal(err)
	}
	return l
}

// events returns what was told of recordings, the oldest first.
func (h *rig) events() (told []event.Event) {
	h.t.Helper()
	synctest.Wait()
	es, err := h.reg.EventsAfter(0, 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range es {
		switch e.Type {
		case event.RecordingFailed, event.RecordingResumed, event.RecordingLost, event.RecordingsRepaired:
			told = append(told, e)
		}
	}
	return told
}

// near reports whether an instant is that of a local clock on a day of the bubble, or
// at most the time that it takes to notice and to get a picture later.
func near(got time.Time, day int, clock string) bool {
	want, err := time.ParseInLocation("2006-01-02 15:04", "2000-01-0"+string(rune('0'+day))+" "+clock, time.Local)
	return err == nil && soonAfter(got, want)
}

func TestScheduleIsMinutePrecise(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, t.TempDir())
		defer h.close()
		h.add(`{"mode":"schedule","schedule":"daily 01:02-01:04"}`)
		time.Sleep(time.Minute)
		if r := h.Recording("a"); r != nil {
			t.Errorf("before its time: %+v", r)
		}
		time.Sleep(90 * time.Second)
		if r := h.Recording("a"); r == nil || r.State != "recording" || r.Pictures == 0 {
			t.Errorf("in its time: %+v", r)
		}
		time.Sleep(24 * time.Hour)
		l := h.timeline(time.Second)
		if len(l.Ranges) != 2 || !near(l.Ranges[0].From, 1, "01:02") || !near(l.Ranges[0].To, 1, "01:04") || !near(l.Ranges[1].From, 2, "01:02") {
			t.Fatalf("ranges %+v", l.Ranges)
		}
		if len(l.Missing) != 1 || l.Missing[0].Why != archive.Off {
			t.Errorf("missing %+v", l.Missing)
		}
	})
}

func TestWanted(t *testing.T) {
	at := func(text string) time.Time {
		v, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		mode     camera.RecordMode
		schedule string
		enabled  bool
		now      string
		want     bool
	}{
		{camera.RecordOff, "", true, "2026-07-01T12:00:00Z", false},
		{camera.RecordAlways, "", true, "2026-07-01T12:00:00Z", true},
		{camera.RecordAlways, "", false, "2026-07-01T12:00:00Z", false},
		{camera.RecordSchedule, "daily 08:00-09:00", true, "2026-07-01T06:00:00Z", true},  // summer in Berlin
		{camera.RecordSchedule, "daily 08:00-09:00", true, "2026-07-01T07:00:00Z", false}, // its end
		{camera.RecordSchedule, "daily 08:00-09:00", true, "2026-12-01T06:59:59Z", false},
		{camera.RecordSchedule, "daily 08:00-09:00", true, "2026-12-01T07:00:00Z", true}, // winter
		{camera.RecordSchedule, "daily 08:00-09:00", false, "2026-12-01T07:00:00Z", false},
	} {
		d := camera.Definition{Enabled: c.enabled, Record: camera.Record{Mode: c.mode, Schedule: c.schedule}}
		if got := wanted(&d, at(c.now)); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestChangesOfACamera(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, t.TempDir())
		defer h.close()
		h.add(`{"mode":"always"}`)
		time.Sleep(10 * time.Second)
		h.patch(`{"record":{"max_fps":1}}`) // a new recorder
		time.Sleep(10 * time.Second)
		if l := h.timeline(2 * time.Second); len(l.Ranges) != 1 || l.Pictures < 50 || l.Pictures > 65 {
			t.Errorf("ten seconds at 5 and ten at 1 a second: %+v", l)
		}
		before := h.Recording("a").Pictures
		h.patch(`{"source":{"fps":10}}`) // under the same stream
		time.Sleep(10 * time.Second)
		if r := h.Recording("a"); r.Pictures <= before {
			t.Errorf("the recorder was made anew with the source: %+v", r)
		}
		h.patch(`{"enabled":false}`)
		time.Sleep(10 * time.Second)
		if r := h.Recording("a"); r != nil {
			t.Errorf("disabled: %+v", r)
		}
		h.patch(`{"enabled":true,"record":{"max_fps":null}}`)
		time.Sleep(10 * time.Second)
		l := h.timeline(5 * time.Second)
		if len(l.Ranges) != 2 || len(l.Missing) != 1 || l.Missing[0].Why != archive.Off {
			t.Errorf("disabled for a while: %+v", l)
		}
		if err := h.reg.Delete(t.Context(), "a", registry.Condition{}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if got := h.timeline(5 * time.Second); got.Pictures < l.Pictures || len(got.Missing) != 2 || got.Missing[1].Why != archive.Off {
			t.Errorf("removed: %+v, before %+v", got, l)
		}
		if _, err := h.reg.Restore(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if r := h.Recording("a"); r == nil || r.State != "recording" {
			t.Errorf("restored: %+v", r)
		}
		if es := h.events(); len(es) != 0 {
			t.Errorf("events: %+v", es)
		}
	})
}

// TestOneRecorderAtATime switches a recording off and on while the disk is so slow that
// the file is not finished in between.
func TestOneRecorderAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, t.TempDir())
		defer h.close()
		h.add(`{"mode":"off"}`)
		synctest.Wait()
		slow, err := h.Archive().Create(t.Context(), archive.NewSegment{Camera: "a", Start: time.Now(), Width: 64, Height: 48})
		if err != nil {
			t.Fatal(err)
		}
		writes := &task{cancel: func() {}, done: make(chan struct{})}
		h.mu.Lock()
		h.end("a", writes, true)
		h.mu.Unlock()
		h.patch(`{"record":{"mode":"always"}}`)
		time.Sleep(5 * time.Second)
		if r := h.Recording("a"); r == nil || r.State != "waiting" {
			t.Errorf("while the file before is written: %+v", r)
		}
		if err := slow.Close(time.Time{}); err != nil {
			t.Fatal(err)
		}
		h.ended("a", writes)
		time.Sleep(5 * time.Second)
		if r := h.Recording("a"); r.State != "recording" || r.Pictures == 0 {
			t.Errorf("after it: %+v", r)
		}
		if es := h.events(); len(es) != 0 {
			t.Errorf("events: %+v", es)
		}
	})
}

func TestStopAndStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		h := open(t, dir)
		h.add(`{"mode":"always"}`)
		time.Sleep(10 * time.Second)
		h.close()
		time.Sleep(time.Minute)
		h = open(t, dir)
		defer h.close()
		time.Sleep(10 * time.Second)
		l := h.timeline(5 * time.Second)
		if len(l.Missing) != 1 || l.Missing[0].Why != archive.Stopped || l.Pictures < 90 {
			t.Errorf("%+v", l)
		}
		if s := h.Archive().Started(); len(s.Repaired) != 0 {
			t.Errorf("an orderly end left files open: %v", s.Repaired)
		}
	})
}

func TestFolderIsTakenAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, t.TempDir())
		defer h.close()
		h.add(`{"mode":"always"}`)
		time.Sleep(5 * time.Second)
		if err := os.RemoveAll(filepath.Join(h.dir, "recordings", "a")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		es := h.events()
		if len(es) != 2 || es[0].Type != event.RecordingFailed || es[1].Type != event.RecordingResumed {
			t.Fatalf("events: %+v", es)
		}
		for _, e := range es {
			if e.Camera != "a" || e.Name != "A" || e.Reason == nil || e.Reason.Code != "folder_gone" || e.Reason.Message == "" {
				t.Errorf("event: %+v, reason %+v", e, e.Reason)
			}
		}
		if r := h.Recording("a"); r == nil || r.State != "recording" || len(h.Failing()) != 0 {
			t.Errorf("after it: %+v, failing %v", r, h.Failing())
		}
	})
}

func TestRepairIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		a, err := archive.Open(t.Context(), archive.Config{Root: filepath.Join(dir, "recordings"), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		seg, err := a.Create(t.Context(), archive.NewSegment{Camera: "a", Start: time.Now(), Width: 8, Height: 8})
		if err != nil {
			t.Fatal(err)
		}
		if err := seg.Write(time.Now(), []byte("\xff\xd8 \xff\xd9")); err != nil {
			t.Fatal(err)
		}
		seg.Drop() // as a crash would
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		h := open(t, dir)
		defer h.close()
		es := h.events()
		if len(es) != 1 || es[0].Type != event.RecordingsRepaired || es[0].Camera != "a" || es[0].Reason.Code != "hub_crashed" {
			t.Errorf("events: %+v", es)
		}
	})
}
