//go:build linux && cgo

package v4l2

import (
	"context"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// pollEvery is how often it is looked for a camera where the kernel does not
// tell of new ones.
const pollEvery = time.Second

// Wake implements source.Waker. It returns when a camera that was unplugged is
// there, or when one that could not be opened can.
func (c *Config) Wake(ctx context.Context, cause error) {
	back := func() bool {
		path, err := here.resolve(c.Device)
		return err == nil && unix.Access(path, unix.R_OK|unix.W_OK) == nil
	}
	if code(cause) != codeUnplugged && code(cause) != codePermission {
		<-ctx.Done()
		return
	}
	w := watchFolder("/dev")
	defer w.close()
	defer context.AfterFunc(ctx, w.interrupt)()
	for ctx.Err() == nil && !back() {
		w.wait(ctx)
	}
}

// watcher notices changes in a folder: new files, other owners and modes.
type watcher struct{ events *os.File } // nil when the kernel has none left

func watchFolder(path string) watcher {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return watcher{}
	}
	events := os.NewFile(uintptr(fd), "inotify")
	if _, err := unix.InotifyAddWatch(fd, path, unix.IN_CREATE|unix.IN_ATTRIB|unix.IN_MOVED_TO); err != nil {
		events.Close()
		return watcher{}
	}
	return watcher{events}
}

// wait returns after the next change, or too early. Changes since the last call
// count.
func (w watcher) wait(ctx context.Context) {
	if w.events != nil {
		var b [4096]byte // what changed is looked up: events are only a hint
		if _, err := w.events.Read(b[:]); err == nil {
			return
		}
	}
	select {
	case <-time.After(pollEvery):
	case <-ctx.Done():
	}
}

// interrupt ends a wait. It is safe for concurrent use with it.
func (w watcher) interrupt() {
	if w.events != nil {
		w.events.SetReadDeadline(time.Unix(1, 0)) // inotify has deadlines as all that can be polled
	}
}

func (w watcher) close() {
	if w.events != nil {
		w.events.Close()
	}
}
