//go:build linux

package main

import "encoding/binary"

// exposureControls are the bits of the camera terminal's controls: the mode of
// the exposure and its time (UVC 1.1 3.7.2.3).
const exposureControls = 1<<1 | 1<<3

// The modes of the exposure (UVC 1.1 4.2.2.1.2): by hand, and by the camera with
// an aperture that is fixed. As with most webcams there are no others.
const (
	modeManual   = 1
	modeAperture = 8
)

// exposureControl answers the controls of the camera terminal. While the camera
// exposes by itself, the driver refuses to set the time.
func (c *camera) exposureControl(s setup, out []byte) (answer []byte, ok bool) {
	const aeMode, exposureTime = 2, 4 // the selectors (UVC 1.1 table A-12)
	switch s.value >> 8 {
	case aeMode:
		return c.modeControl(s, out)
	case exposureTime:
		return c.timeControl(s, out)
	}
	return nil, false
}

func (c *camera) modeControl(s setup, out []byte) (answer []byte, ok bool) {
	switch s.request {
	case setCurrent:
		if len(out) < 1 || out[0] != modeManual && out[0] != modeAperture {
			return nil, false
		}
		c.mode = out[0]
		return nil, true
	case getCurrent:
		return []byte{c.mode}, true
	case getStep: // which modes there are
		return []byte{modeManual | modeAperture}, true
	case getDefault:
		return []byte{modeAperture}, true
	case getLength:
		return []byte{1, 0}, true
	case getInfo:
		return []byte{getAndSet}, true
	}
	return nil, false
}

func (c *camera) timeControl(s setup, out []byte) (answer []byte, ok bool) {
	long := func(v uint32) []byte { return binary.LittleEndian.AppendUint32(nil, v) }
	switch s.request {
	case setCurrent:
		if len(out) < 4 || c.mode != modeManual {
			return nil, false
		}
		c.exposure = binary.LittleEndian.Uint32(out)
		return nil, true
	case getCurrent:
		return long(c.exposure), true
	case getMin:
		return long(3), true
	case getMax:
		return long(2047), true
	case getStep:
		return long(1), true
	case getDefault:
		return long(250), true
	case getLength:
		return []byte{4, 0}, true
	case getInfo:
		return []byte{getAndSet}, true
	}
	return nil, false
}
