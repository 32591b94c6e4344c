// Package record records the pictures of a camera as they come.
//
// A Recorder reads every picture of a stream into a queue that is bounded in bytes,
// and a goroutine of its own writes them to segments of an archive: a slow disk
// never holds up the camera or its viewers. What is written is synced every second,
// so a crash of the hub loses what is in the queue, and a power cut what came after
// the last sync: at most two seconds, on a disk that keeps up, and never anything
// older.
//
// When the disk fails, the recorder cuts the file behind its last whole picture,
// says so, and tries again, less and less often, until it can; pictures that come
// meanwhile are lost, and the next segment says why. For a full disk the oldest
// recordings are deleted first; the recorder only stops when nothing may be.
package record

import (
	"context"
	"errors"
	"hash/fnv"
	"log/slog"
	"sync"
	"time"

	"camhub/internal/camera"
	"camhub/internal/record/archive"
	"camhub/internal/stream"
)

// Defaults of Config.
const (
	defaultSyncEvery     = time.Second
	defaultSegmentLength = time.Minute
	defaultQueueBytes    = 32 << 20 // more than two seconds of any camera so far
)

// Config says what is recorded and how. Zeros are the defaults.
type Config struct {
	Camera  camera.ID
	Stream  *stream.Stream
	Archive *archive.Archive
	Log     *slog.Logger
	// MaxFPS is how many pictures a second are recorded at most; 0: all.
	MaxFPS float64
	// SyncEvery is how much a power cut may take.
	SyncEvery time.Duration
	// SegmentLength is how long a file gets. They end at multiples of it on the wall
	// clock, plus a shift that differs from camera to camera, so that not all cameras
	// begin a file at once.
	SegmentLength time.Duration
	// QueueBytes bounds the pictures that wait for the disk.
	QueueBytes int64
	// Before is why nothing was recorded until now; None: what the archive knows.
	Before archive.Gap
	// Notify is called with what a person should know. It is called by the goroutine that
	// writes, and must not block. nil: it is not called.
	Notify func(Notice)
}

// Notice is something that happened to a recording.
type Notice struct {
	Camera camera.ID
	Time   time.Time
	// Failed is true when recording stopped, false when it goes on again. An overflow
	// of the queue does not stop it.
	Failed bool
	Gap    archive.Gap   // why
	Err    error         // what the system said, if it did
	Lost   uint64        // pictures, when it goes on
	After  time.Duration // how long it was stopped, when it goes on
}

// Recorder records one camera. Use New, then Run.
type Recorder struct {
	c     Config
	log   *slog.Logger
	queue *queue
	shift time.Duration

	mu     sync.Mutex // guards status
	status Status
}

// New returns a recorder that has not begun.
func New(c Config) *Recorder {
	if c.SyncEvery <= 0 {
		c.SyncEvery = defaultSyncEvery
	}
	if c.SegmentLength <= 0 {
		c.SegmentLength = defaultSegmentLength
	}
	if c.QueueBytes <= 0 {
		c.QueueBytes = defaultQueueBytes
	}
	if c.Notify == nil {
		c.Notify = func(Notice) {}
	}
	return &Recorder{
		c: c, log: c.Log.With("camera", c.Camera), queue: newQueue(c.QueueBytes), shift: shift(c.Camera, c.SegmentLength),
		status: Status{State: Waiting, Since: time.Now()},
	}
}

// shift returns how much later than multiples of length the segments of a camera
// end.
func shift(id camera.ID, length time.Duration) time.Duration {
	h := fnv.New64a()
	h.Write([]byte(id))
	return time.Duration(h.Sum64() % uint64(length))
}

// Run records until ctx ends or the stream is closed. What was queued by then is
// still written, and the segment is finished, before it returns. It is called once.
// Notify and Status tell of a disk that fails.
func (r *Recorder) Run(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() {
		defer r.queue.close()
		for last := uint64(0); r.read(ctx, &last); {
		}
	})
	newWriter(r).run(ctx)
	wg.Wait()
}

// read puts pictures into the queue until it fell behind the stream, which it may do
// anew, or until the end. It is much faster than any camera, but on a busy machine
// it may not get its turn. last is the number of the last picture that it got.
func (r *Recorder) read(ctx context.Context, last *uint64) (again bool) {
	rd := r.c.Stream.Subscribe(stream.All)
	defer rd.Close()
	began := time.Now()
	pick := stream.NewRate(r.c.MaxFPS)
	for first := true; ; first = false {
		p, err := rd.Next(ctx)
		switch {
		case errors.Is(err, stream.ErrBehind):
			r.log.Warn("recording fell behind the camera")
			return true
		case err != nil:
			return false
		}
		if first && p.Arrived.Before(began) { // shown to every new reader; it was recorded, or is old
			continue
		}
		if *last != 0 && p.Seq > *last+1 {
			r.queue.miss(p.Seq - *last - 1)
		}
		*last = p.Seq
		if pick.Pick(p.Time()) {
			r.queue.push(p)
		}
	}
}
