// Package v4l2 is the kind of cameras that are plugged into this machine: USB
// cameras, capture cards, and what else has a Video4Linux node (the kernel's
// "Video for Linux API", https://docs.kernel.org/userspace-api/media/v4l/).
//
// # Names
//
// A camera is named by a path that stays the same when it is plugged in again
// or the machine restarts. /dev/v4l/by-id/… is made of its maker, model and
// serial number, /dev/v4l/by-path/… of the socket that it is plugged into;
// /dev/videoN depends on the order in which cameras appeared. List offers the
// first of them that only one camera has.
//
// udev makes the stable names, and not every system runs it (containers, small
// systems). So they are found in sysfs, by the rules that udev's usb_id and
// path_id have, whether there is a link or not. Two cameras that have the name
// that is asked for are refused, rather than one of them shown at random.
//
// # Who does what
//
// go4vl opens devices, enumerates formats and sizes, and sets formats, rates
// and controls. Its calls run in guarded. The capture loop is our own, on
// system calls of its own: go4vl's leaves mappings and descriptors behind when
// a camera is unplugged, and can't wait on descriptors above 1023.
//
// Everything that needs the kernel is built on Linux with cgo. Other builds
// know the kind and its options, and say that they can't read such a camera.
package v4l2
