//go:build linux && cgo

package v4l2

import (
	"errors"
	"sync"

	go4vl "github.com/vladimirvivien/go4vl/v4l2"
	"golang.org/x/sys/unix"

	"camhub/internal/source"
)

// videoMajor is the device number of all video nodes (the kernel's
// Documentation/admin-guide/devices.txt).
const videoMajor = 81

// handle is an open video node. It belongs to one goroutine.
type handle struct {
	fd     int
	device string // as the user names it
	path   string // the node that it is now
	caps   go4vl.Capability
}

// open opens the camera that is named device. Others may use it at the same
// time: only streaming is for one. The caller must close it. The error is a
// *source.Error.
func open(device string) (*handle, error) {
	path, err := here.resolve(device)
	if err != nil {
		return nil, err
	}
	if err := checkNode(device, path); err != nil {
		return nil, err
	}
	fd, err := go4vl.OpenDevice(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, explainOpen(device, path, err)
	}
	h := &handle{fd: int(fd), device: device, path: path}
	guarded(func() { h.caps, err = go4vl.GetCapability(fd) })
	if err != nil {
		err = h.explain("ask for its capabilities", err)
	} else {
		err = h.checkCapture()
	}
	if err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

// checkNode makes sure, before it is opened, that path is a video node: to open
// other devices can have effects, such as that of a watchdog.
func checkNode(device, path string) error {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); errors.Is(err, unix.ENOENT) {
		return errUnplugged(device)
	} else if err != nil {
		return explainOpen(device, path, err)
	}
	switch {
	case st.Mode&unix.S_IFMT == unix.S_IFDIR:
		return errNotCamera(device, "is a folder")
	case st.Mode&unix.S_IFMT != unix.S_IFCHR:
		return errNotCamera(device, "is no device")
	case unix.Major(uint64(st.Rdev)) != videoMajor:
		return errNotCamera(device, "is no video device")
	}
	return nil
}

// checkCapture refuses the nodes that give no pictures: a USB camera has one
// for metadata beside that for pictures, codecs have one for each direction.
func (h *handle) checkCapture() error {
	caps := h.caps.GetCapabilities()
	switch {
	case caps&go4vl.CapVideoCapture != 0 && caps&go4vl.CapStreaming != 0:
		return nil
	case caps&go4vl.CapMetadataCapture != 0:
		return errNotCamera(h.device, "gives metadata and no pictures; the camera has another node for these")
	case caps&go4vl.CapVideoCaptureMPlane != 0:
		return errNotCamera(h.device, "gives pictures in several planes, which are not supported")
	case caps&(go4vl.CapVideoOutput|go4vl.CapVideoOutputMPlane|go4vl.CapVideoMem2Mem|go4vl.CapVideoMem2MemMPlane) != 0:
		return errNotCamera(h.device, "takes pictures and gives none of its own")
	}
	return errNotCamera(h.device, "gives no pictures")
}

// close closes the node. Buffers that are mapped must be unmapped before: they
// keep it open.
func (h *handle) close() { go4vl.CloseDevice(uintptr(h.fd)) } // after an unplug there is nothing to close, and it is closed all the same

// wakeup makes a poll return. Its methods are safe for concurrent use.
type wakeup struct {
	mu sync.Mutex
	fd int // -1 once closed, so that a late signal does not hit another file
}

func newWakeup() (*wakeup, error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, &source.Error{Code: "failed", Message: "The hub may open no more files, so it can't watch the camera.", Err: err}
	}
	return &wakeup{fd: fd}, nil
}

func (w *wakeup) signal() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fd >= 0 {
		one := [8]byte{1, 1, 1, 1, 1, 1, 1, 1} // not zero in either byte order
		unix.Write(w.fd, one[:])               // if it is full, it is signalled
	}
}

func (w *wakeup) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	unix.Close(w.fd)
	w.fd = -1
}
