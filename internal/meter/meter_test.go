package meter

import (
	"testing"
	"time"
)

func TestRates(t *testing.T) {
	start := time.Unix(1000, 0)
	tests := []struct {
		name         string
		every        time.Duration
		lasts        time.Duration
		ask          time.Duration // after the start
		count, bytes float64
	}{
		{"nothing", time.Second, 0, time.Minute, 0, 0},
		{"steady", 100 * time.Millisecond, time.Minute, time.Minute, 10, 1000},
		{"slow", 2 * time.Second, time.Minute, time.Minute, 0.4, 40}, // two in five whole seconds
		{"young", 100 * time.Millisecond, 2 * time.Second, 2 * time.Second, 10, 1000},
		{"too young to tell", 100 * time.Millisecond, 400 * time.Millisecond, 400 * time.Millisecond, 0, 0},
		{"over", 100 * time.Millisecond, 10 * time.Second, 13 * time.Second, 4, 400},
		{"long over", 100 * time.Millisecond, 10 * time.Second, time.Minute, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var m Meter
			for at := time.Duration(0); at < tt.lasts; at += tt.every {
				m.Add(start.Add(at), 100)
			}
			count, bytes := m.Rates(start.Add(tt.ask))
			if count != tt.count || bytes != tt.bytes {
				t.Errorf("got %v and %v, want %v and %v", count, bytes, tt.count, tt.bytes)
			}
		})
	}
}
