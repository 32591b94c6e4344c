//go:build linux && cgo

package v4l2

/*
#include <linux/videodev2.h>
*/
import "C"

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ioctl makes a system call on a descriptor; arg points to its argument. The
// error is an unix.Errno.
func ioctl(fd int, request uintptr, arg unsafe.Pointer) error {
	for {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(arg))
		switch errno {
		case 0:
			return nil
		case unix.EINTR:
		default:
			return errno
		}
	}
}

// alive returns nil if the device is there, and unix.ENODEV if it was
// unplugged.
func alive(fd int) error {
	var c C.struct_v4l2_capability
	return ioctl(fd, C.VIDIOC_QUERYCAP, unsafe.Pointer(&c))
}

// requestBuffers asks for n buffers to be mapped, and returns how many there
// are.
func requestBuffers(fd int, n uint32) (uint32, error) {
	r := C.struct_v4l2_requestbuffers{count: C.__u32(n), _type: C.V4L2_BUF_TYPE_VIDEO_CAPTURE, memory: C.V4L2_MEMORY_MMAP}
	err := ioctl(fd, C.VIDIOC_REQBUFS, unsafe.Pointer(&r))
	return uint32(r.count), err
}

func newBuffer(index uint32) C.struct_v4l2_buffer {
	return C.struct_v4l2_buffer{index: C.__u32(index), _type: C.V4L2_BUF_TYPE_VIDEO_CAPTURE, memory: C.V4L2_MEMORY_MMAP}
}

// queryBuffer returns where in the device a buffer can be mapped, and its size.
func queryBuffer(fd int, index uint32) (offset int64, length int, err error) {
	b := newBuffer(index)
	err = ioctl(fd, C.VIDIOC_QUERYBUF, unsafe.Pointer(&b))
	return int64(*(*C.__u32)(unsafe.Pointer(&b.m))), int(b.length), err
}

// queueBuffer gives a buffer to the driver.
func queueBuffer(fd int, index uint32) error {
	b := newBuffer(index)
	return ioctl(fd, C.VIDIOC_QBUF, unsafe.Pointer(&b))
}

// filled is a buffer that the driver gave back.
type filled struct {
	index    uint32
	used     int    // bytes
	sequence uint32 // counts the frames of the device, also those that it dropped
	faulty   bool   // the driver knows that the content is damaged
	at       time.Duration
	timed    bool // at is when the frame was taken, by the monotonic clock
}

// dequeueBuffer takes the oldest filled buffer; unix.EAGAIN says that there is
// none.
func dequeueBuffer(fd int) (filled, error) {
	b := newBuffer(0)
	if err := ioctl(fd, C.VIDIOC_DQBUF, unsafe.Pointer(&b)); err != nil {
		return filled{}, err
	}
	return filled{
		index: uint32(b.index), used: int(b.bytesused), sequence: uint32(b.sequence),
		faulty: b.flags&C.V4L2_BUF_FLAG_ERROR != 0,
		at:     time.Duration(b.timestamp.tv_sec)*time.Second + time.Duration(b.timestamp.tv_usec)*time.Microsecond,
		timed:  b.flags&C.V4L2_BUF_FLAG_TIMESTAMP_MASK == C.V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC,
	}, nil
}

func streamOn(fd int) error {
	kind := C.int(C.V4L2_BUF_TYPE_VIDEO_CAPTURE)
	return ioctl(fd, C.VIDIOC_STREAMON, unsafe.Pointer(&kind))
}

func streamOff(fd int) error {
	kind := C.int(C.V4L2_BUF_TYPE_VIDEO_CAPTURE)
	return ioctl(fd, C.VIDIOC_STREAMOFF, unsafe.Pointer(&kind))
}

// intervalAt returns interval i of a format and size: its bounds, which are
// equal in a list. go4vl reads ranges from the wrong place.
func intervalAt(fd int, i, format uint32, s size) (shortest, longest fraction, err error) {
	v := C.struct_v4l2_frmivalenum{
		index: C.__u32(i), pixel_format: C.__u32(format), width: C.__u32(s.width), height: C.__u32(s.height),
	}
	if err := ioctl(fd, C.VIDIOC_ENUM_FRAMEINTERVALS, unsafe.Pointer(&v)); err != nil {
		return fraction{}, fraction{}, err
	}
	// The union holds one fraction, or the shortest, the longest and a step.
	u := (*[3]C.struct_v4l2_fract)(unsafe.Pointer(&v.anon0))
	shortest = fraction{uint32(u[0].numerator), uint32(u[0].denominator)}
	if v._type == C.V4L2_FRMIVAL_TYPE_DISCRETE {
		return shortest, shortest, nil
	}
	return shortest, fraction{uint32(u[1].numerator), uint32(u[1].denominator)}, nil
}

// controlFlags returns the flags of a control, which go4vl keeps to itself.
func controlFlags(fd int, id uint32) (disabled, readOnly, inactive bool, err error) {
	q := C.struct_v4l2_queryctrl{id: C.__u32(id)}
	err = ioctl(fd, C.VIDIOC_QUERYCTRL, unsafe.Pointer(&q))
	return q.flags&C.V4L2_CTRL_FLAG_DISABLED != 0, q.flags&C.V4L2_CTRL_FLAG_READ_ONLY != 0, q.flags&C.V4L2_CTRL_FLAG_INACTIVE != 0, err
}
