package hub

import (
	"errors"
	"log/slog"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/media"
	"camhub/internal/meter"
	"camhub/internal/source"
)

// checkEvery is the longest time between two looks at a running attempt: its
// first picture may make it stale sooner than it would have stalled.
const checkEvery = time.Second

// maxQuirks bounds what one source may report.
const maxQuirks = 32

// state is what is known of a camera. The worker's goroutine and its source
// write it; anybody reads it.
type state struct {
	id       camera.ID
	name     func() string
	log      *slog.Logger
	onChange func(camera.ID)   // called with mu held, must not block
	onEvent  func(event.Event) // likewise
	in       *meter.Meter      // of the whole hub

	heardAt atomic.Int64 // Unix nanoseconds of the last byte

	mu        sync.Mutex // guards what follows
	now       State
	since     time.Time
	attempts  int
	connects  uint64 // attempts of all time
	retryAt   time.Time
	reason    *event.Reason
	reported  event.Type // the last of online and offline that was told, or ""
	reportAt  time.Time
	started   time.Time // of the attempt
	liveSince time.Time // of the attempt; zero before its first picture
	lastFrame time.Time
	interval  time.Duration // between pictures, smoothed
	patience  time.Duration // with the silence of the camera, beyond the usual
	track     *media.Track
	pictures  meter.Meter
	quirks    []string
	freeze    freeze          // of the attempt
	capturer  source.Capturer // of the last attempt; nil when its kind has none
}

// set changes the state and tells. Called with mu held.
func (s *state) set(to State) {
	if s.now == to {
		return
	}
	s.now, s.since = to, time.Now().UTC()
	s.onChange(s.id)
}

// tell reports that the camera went online or offline, unless that is the last
// thing that was said. Called with mu held.
func (s *state) tell(t event.Type, why *event.Reason) {
	if s.reported == t {
		return
	}
	e := event.Event{Time: time.Now(), Type: t, Camera: s.id, Name: s.name(), Reason: why}
	if s.reported != "" {
		e.DurationMS = e.Time.Sub(s.reportAt).Milliseconds()
	}
	s.reported, s.reportAt = t, e.Time
	s.onEvent(e)
}

// inherit takes over what the camera's last worker, which has ended, told last: an
// outage that a change of the camera ends is one outage, with its length.
func (s *state) inherit(old *state) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old.mu.Lock()
	defer old.mu.Unlock()
	if s.now == Disabled || old.now == Disabled {
		return // what it did before says nothing of what it will do
	}
	s.reported, s.reportAt = old.reported, old.reportAt
	if old.reported == event.Offline {
		s.reason = old.reason
	}
}

// attempting says that attempt n begins. A camera that is offline stays so, in
// the eyes of people, until it gives a picture.
func (s *state) attempting(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.attempts = n
	s.connects++
	s.started, s.liveSince, s.retryAt, s.interval = time.Now(), time.Time{}, time.Time{}, 0
	if s.now != Offline {
		s.set(Connecting)
	}
}

// restarted says that a person asked for a fresh attempt.
func (s *state) restarted() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set(Connecting)
}

func (s *state) idle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.attempts, s.reason, s.retryAt = 0, nil, time.Time{}
	s.set(Idle)
}

// failed says that the attempt ended and the next one begins after wait. When
// it gave pictures and the next one begins at once, that is not yet an outage.
func (s *state) failed(err error, wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	reason := reasonOf(err)
	s.reason = &reason
	if wait == 0 && !s.liveSince.IsZero() {
		s.set(Connecting)
		return
	}
	s.retryAt = time.Now().Add(wait)
	s.set(Offline)
	s.tell(event.Offline, &reason)
	s.onChange(s.id) // the next try's time is new in any case
}

// wrote counts a picture and makes the camera live.
func (s *state) wrote(p *media.Packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.lastFrame.IsZero() && !s.liveSince.IsZero() {
		gap := p.Arrived.Sub(s.lastFrame)
		if s.interval == 0 {
			s.interval = gap
		}
		s.interval += (gap - s.interval) / 8
	}
	s.lastFrame, s.track = p.Arrived, p.Track
	s.pictures.Add(p.Arrived, len(p.Data))
	s.watchFreeze(p)
	if s.liveSince.IsZero() {
		s.liveSince = time.Now()
		if s.reported == event.Offline {
			s.log.Info("camera is back", "after", time.Since(s.reportAt), "attempts", s.attempts)
		}
		s.tell(event.Online, s.reason)
		s.reason = nil
	}
	s.set(Live)
}

// received counts bytes of the camera.
func (s *state) received(n int) {
	now := time.Now()
	s.in.Add(now, n)
	s.heardAt.Store(now.UnixNano())
}

// bePatient says how much longer than others the camera of the attempt may be
// silent.
func (s *state) bePatient(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.patience = d
}

// captures says whom to ask for what a local camera gives.
func (s *state) captures(c source.Capturer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.capturer = c
}

// heard restarts the stall watch.
func (s *state) heard() { s.heardAt.Store(time.Now().UnixNano()) }

func (s *state) quirk(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i, found := slices.BinarySearch(s.quirks, name); !found && len(s.quirks) < maxQuirks {
		s.quirks = slices.Insert(slices.Clone(s.quirks), i, name)
		s.onChange(s.id)
	}
}

// check looks whether the camera is stale or stalled. It returns when to look
// again, or why the attempt has to end.
func (s *state) check() (next time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	stall := time.Unix(0, s.heardAt.Load()).Add(stallAfter + s.patience).Sub(now)
	if stall <= 0 {
		return stallAfter, errStalled(stallAfter + s.patience)
	}
	if s.liveSince.IsZero() {
		picture := s.started.Add(pictureAfter + s.patience).Sub(now)
		if picture <= 0 {
			return stallAfter, errNoPicture(pictureAfter + s.patience)
		}
		return min(stall, picture, checkEvery), nil
	}
	stale := s.lastFrame.Add(max(2*time.Second, 3*s.interval) + s.patience).Sub(now)
	if stale <= 0 {
		// A camera that is polled may show the same for hours.
		if s.patience == 0 && now.Sub(s.lastFrame) >= max(pictureAfter, 3*s.interval) {
			return stallAfter, errNoPicture(pictureAfter)
		}
		s.set(Stale)
		return min(stall, checkEvery), nil
	}
	return min(stall, stale, checkEvery), nil
}

// connected reports whether the attempt has given a picture.
func (s *state) connected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.liveSince.IsZero()
}

// liveFor returns for how long the attempt has given pictures.
func (s *state) liveFor() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.liveSince.IsZero() {
		return 0
	}
	return s.lastFrame.Sub(s.liveSince)
}

// lastError returns why the attempt before failed.
func (s *state) lastError() event.Reason {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reason == nil {
		return event.Reason{}
	}
	return *s.reason
}

// status returns all that is known. The stream's figures are the caller's.
func (s *state) status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	frames, received := s.pictures.Total()
	st := Status{
		State: s.now, Since: s.since, Frames: frames, Bytes: received, Attempts: s.attempts, Connects: s.connects,
		Error: s.reason, Quirks: s.quirks,
	}
	if st.Quirks == nil {
		st.Quirks = []string{}
	}
	if s.track != nil {
		st.Codec, st.Width, st.Height = s.track.Codec, s.track.Width, s.track.Height
	}
	if !s.lastFrame.IsZero() {
		at, age := s.lastFrame.UTC(), now.Sub(s.lastFrame).Milliseconds()
		st.LastFrameAt, st.FrameAgeMS = &at, &age
	}
	if s.capturer != nil {
		st.Capture = s.capturer.Capture()
	}
	if !s.retryAt.IsZero() {
		at := s.retryAt.UTC()
		st.RetryAt = &at
	}
	if s.now == Live || s.now == Stale {
		st.FrozenSince = s.freeze.since()
		fps, bytes := s.pictures.Rates(now)
		st.FPS, st.Bitrate = math.Round(fps*10)/10, int64(8*bytes)
	}
	return st
}

// reasonOf returns an error as people and programs read it.
func reasonOf(err error) event.Reason {
	if e, ok := errors.AsType[*source.Error](err); ok {
		return event.Reason{Code: e.Code, Message: e.Message}
	}
	return event.Reason{Code: "failed", Message: err.Error()}
}
