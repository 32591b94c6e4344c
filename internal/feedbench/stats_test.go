//go:build linux

package feedbench

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// quantiles sums up latencies.
type quantiles struct {
	N             int
	P50, P99, Max time.Duration
}

// quantilesOf sums up sorted microseconds. A quantile is the smallest value
// that at least that part of all values does not exceed.
func quantilesOf(sorted []int32) quantiles {
	n := len(sorted)
	if n == 0 {
		return quantiles{}
	}
	at := func(percent int) time.Duration {
		return time.Duration(sorted[max((n*percent+99)/100, 1)-1]) * time.Microsecond
	}
	return quantiles{N: n, P50: at(50), P99: at(99), Max: at(100)}
}

// series is one figure of several turns.
type series []float64

// median returns the middle, or the mean of the two in the middle.
func (s series) median() float64 {
	if len(s) == 0 {
		return 0
	}
	t := slices.Sorted(slices.Values(s))
	return (t[(len(t)-1)/2] + t[len(t)/2]) / 2
}

// String gives the median and the range.
func (s series) String() string {
	if len(s) == 0 {
		return "none"
	}
	return fmt.Sprintf("%.2f [%.2f to %.2f]", s.median(), slices.Min(s), slices.Max(s))
}

// medianOf returns the upper middle of values, which must not be empty.
func medianOf[T cmp.Ordered](values []T) T {
	return slices.Sorted(slices.Values(values))[len(values)/2]
}

// ms gives d in milliseconds.
func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// mib gives bytes in MiB.
func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }
