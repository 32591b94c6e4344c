package hub

import "time"

// meterWindow is how many whole seconds a rate is taken over.
const meterWindow = 5

// meter counts pictures and bytes by the second, to tell rates of late. The
// zero meter is ready. It is not safe for concurrent use.
type meter struct {
	slots [meterWindow + 1]struct {
		second        int64 // Unix
		frames, bytes int64
	}
	first time.Time
}

// add counts one picture of n bytes.
func (m *meter) add(now time.Time, n int) {
	if m.first.IsZero() {
		m.first = now
	}
	second := now.Unix()
	s := &m.slots[int(second%int64(len(m.slots)))]
	if s.second != second {
		s.second, s.frames, s.bytes = second, 0, 0
	}
	s.frames++
	s.bytes += int64(n)
}

// rates returns pictures and bits a second over the last whole seconds.
func (m *meter) rates(now time.Time) (fps float64, bitrate int64) {
	second := now.Unix()
	var frames, bytes int64
	for _, s := range m.slots {
		if s.second < second && s.second >= second-meterWindow {
			frames += s.frames
			bytes += s.bytes
		}
	}
	// A meter that began within the window has counted for less than all of it.
	span := time.Duration(meterWindow) * time.Second
	if age := time.Unix(second, 0).Sub(m.first); age < span {
		span = age
	}
	if m.first.IsZero() || span < time.Second/2 {
		return 0, 0
	}
	return float64(frames) / span.Seconds(), int64(float64(bytes*8) / span.Seconds())
}
