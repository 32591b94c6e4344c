// Package meter counts things and their bytes, and tells their rate of the last seconds.
package meter

import (
	"sync"
	"time"
)

// window is how many whole seconds a rate is taken over.
const window = 5

// Meter counts things and their bytes by the second. The zero Meter is ready.
// It is safe for concurrent use.
type Meter struct {
	mu    sync.Mutex
	slots [window + 1]slot
	first time.Time
	total slot
}

type slot struct {
	second       int64 // Unix
	count, bytes int64
}

// Add counts one thing of n bytes.
func (m *Meter) Add(now time.Time, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.first.IsZero() {
		m.first = now
	}
	second := now.Unix()
	s := &m.slots[int(second%int64(len(m.slots)))]
	if s.second != second {
		*s = slot{second: second}
	}
	s.count++
	s.bytes += int64(n)
	m.total.count++
	m.total.bytes += int64(n)
}

// Total returns how many things and how many bytes came since the start.
func (m *Meter) Total() (count, bytes uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return uint64(m.total.count), uint64(m.total.bytes)
}

// Rates returns how many things and how many bytes came per second, over the
// last five whole seconds or since the first Add, if that is less.
func (m *Meter) Rates(now time.Time) (count, bytes float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	second := now.Unix()
	for _, s := range m.slots {
		if s.second < second && s.second >= second-window {
			count += float64(s.count)
			bytes += float64(s.bytes)
		}
	}
	span := min(window*time.Second, time.Unix(second, 0).Sub(m.first))
	if m.first.IsZero() || span < time.Second/2 {
		return 0, 0
	}
	return count / span.Seconds(), bytes / span.Seconds()
}
