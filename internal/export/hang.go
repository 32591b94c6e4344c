package export

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

// hangsAfter is how long ffmpeg may read nothing, say nothing and write nothing. It
// says something twice a second while it encodes, and writes when it puts the index
// to the front of a large file.
const hangsAfter = 5 * time.Minute

// signs counts what ffmpeg does: it moves whenever ffmpeg reads or says something.
type signs struct{ n atomic.Uint64 }

// sign is one moment of an encoding.
type sign struct {
	n       uint64
	size    int64
	written time.Time
}

// now returns what can be seen of an encoding into the file at path.
func (s *signs) now(path string) sign {
	x := sign{n: s.n.Load()}
	if info, err := os.Stat(path); err == nil {
		x.size, x.written = info.Size(), info.ModTime()
	}
	return x
}

// watch ends an encoding in which nothing has happened for a while, and returns when
// ctx ends.
func (s *signs) watch(ctx context.Context, path string, within time.Duration, end context.CancelCauseFunc) {
	const looks = 10
	tick := time.NewTicker(within / looks)
	defer tick.Stop()
	last, still := s.now(path), 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if x := s.now(path); x != last {
			last, still = x, 0
			continue
		}
		if still++; still >= looks {
			end(&failure{CodeProgram, fmt.Sprintf("ffmpeg did nothing for %v, and was ended.", within)})
			return
		}
	}
}
