//go:build !linux

package jpegstream

import "time"

var started = time.Now()

// threadTime is wall time where a thread's own time can't be had.
func threadTime() time.Duration { return time.Since(started) }
