//go:build linux && cgo

package v4l2

import (
	"context"
	"errors"

	"golang.org/x/sys/unix"

	"camhub/internal/source"
)

// bufferCount is how many frames the driver may fill ahead.
const bufferCount = 4

// stream is a camera that gives frames. It belongs to one goroutine.
type stream struct {
	*handle
	buffers [][]byte // mapped from the device, by index
	newest  bool     // of the frames that wait only the newest counts
}

// frame is one filled buffer. Its data is the device's memory, valid until the
// function that it is passed to returns.
type frame struct {
	filled
	data []byte
}

// stream maps buffers, streams, and passes each frame to take, also faulty and
// empty ones, until ctx ends, take returns an error, or the camera fails. It
// returns within a millisecond of ctx ending, with its cause, and has then given
// back all that it took, but for the handle. With newest, frames that were
// filled while take worked are passed over, but for the last.
func (h *handle) stream(ctx context.Context, newest bool, take func(frame) error) (err error) {
	wake, err := newWakeup()
	if err != nil {
		return err
	}
	defer wake.close()
	defer context.AfterFunc(ctx, wake.signal)()

	s := &stream{handle: h, newest: newest}
	defer s.end()
	if err := s.begin(); err != nil {
		return err
	}
	ready := []unix.PollFd{{Fd: int32(h.fd), Events: unix.POLLIN}, {Fd: int32(wake.fd), Events: unix.POLLIN}}
	for {
		if _, err := unix.Poll(ready, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return h.explain("be waited for", err)
		}
		switch events := ready[0].Revents; {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case events&unix.POLLHUP != 0:
			return h.explain("go on", unix.ENODEV)
		case events&unix.POLLERR != 0 && events&unix.POLLIN == 0:
			return h.explain("go on", unix.EIO)
		case events&unix.POLLIN != 0:
			if err := s.pass(take); err != nil {
				return err
			}
		}
	}
}

// begin maps the buffers, gives them to the driver, and starts it.
func (s *stream) begin() error {
	n, err := requestBuffers(s.fd, bufferCount)
	if err != nil {
		return s.explain("give buffers", err)
	}
	for i := range n {
		offset, length, err := queryBuffer(s.fd, i)
		if err != nil {
			return s.explain("show a buffer", err)
		}
		b, err := unix.Mmap(s.fd, offset, length, unix.PROT_READ, unix.MAP_SHARED)
		if err != nil {
			return s.explain("map a buffer", err)
		}
		s.buffers = append(s.buffers, b)
		if err := queueBuffer(s.fd, i); err != nil {
			return s.explain("take a buffer", err)
		}
	}
	if err := streamOn(s.fd); err != nil {
		return s.explain("start", err)
	}
	return nil
}

// end stops the driver and gives the buffers back. After an unplug the driver
// refuses all of that, and the buffers have to be unmapped all the more: they
// keep the node, and the camera would come back under another number.
func (s *stream) end() {
	_ = streamOff(s.fd)
	for _, b := range s.buffers {
		_ = unix.Munmap(b)
	}
	_, _ = requestBuffers(s.fd, 0)
}

// pass takes the frame that is ready to take, and gives its buffer back.
func (s *stream) pass(take func(frame) error) error {
	f, err := s.dequeue()
	if errors.Is(err, unix.EAGAIN) {
		return nil
	}
	if err != nil {
		return err
	}
	for s.newest {
		next, err := s.dequeue()
		if errors.Is(err, unix.EAGAIN) {
			break
		}
		if err != nil {
			return err
		}
		if err := s.requeue(f.index); err != nil {
			return err
		}
		f = next
	}
	if err := take(f); err != nil {
		return err
	}
	return s.requeue(f.index)
}

// dequeue returns the next frame. The error may be unix.EAGAIN.
func (s *stream) dequeue() (frame, error) {
	b, err := dequeueBuffer(s.fd)
	if errors.Is(err, unix.EAGAIN) {
		return frame{}, err
	}
	if err != nil {
		return frame{}, s.explain("give a frame", err)
	}
	if int(b.index) >= len(s.buffers) || b.used > len(s.buffers[b.index]) {
		return frame{}, source.Errorf("failed", "The driver of %s gave a buffer that it does not have.", s.path)
	}
	return frame{b, s.buffers[b.index][:b.used]}, nil
}

func (s *stream) requeue(index uint32) error {
	if err := queueBuffer(s.fd, index); err != nil {
		return s.explain("take a buffer back", err)
	}
	return nil
}
