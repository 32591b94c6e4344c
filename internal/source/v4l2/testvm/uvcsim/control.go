//go:build linux

package main

import "encoding/binary"

// setup is the head of a control transfer (USB 2.0 9.3).
type setup struct {
	kind, request        byte
	value, index, length int
}

func parseSetup(b []byte) setup {
	word := func(at int) int { return int(binary.LittleEndian.Uint16(b[at:])) }
	return setup{kind: b[0], request: b[1], value: word(2), index: word(4), length: word(6)}
}

// The class requests of UVC (UVC 1.1 table A-8).
const (
	setCurrent = 0x01
	getCurrent = 0x81
	getMin     = 0x82
	getMax     = 0x83
	getStep    = 0x84
	getLength  = 0x85
	getInfo    = 0x86
	getDefault = 0x87
)

// getAndSet is the answer to getInfo: both are supported.
const getAndSet = 3

// control answers a control transfer; out is what came with it.
func (c *camera) control(seq uint32, s setup, out []byte) {
	answer, ok := []byte(nil), false
	switch {
	case s.kind&0x60 == 0x20 && s.index&0xff == streamInterface && s.value>>8 <= 2:
		answer, ok = c.streamControl(s, out)
	case s.kind&0x60 == 0x20 && s.index == processingUnit<<8 && s.value>>8 == 2:
		answer, ok = c.brightnessControl(s, out)
	case s.kind&0x60 == 0x20 && s.index == cameraTerminal<<8:
		answer, ok = c.exposureControl(s, out)
	case s.kind&0x60 == 0:
		answer, ok = c.standard(s)
	}
	switch {
	case !ok:
		c.refuse(seq)
	case s.kind&0x80 == 0:
		c.done(seq, len(out))
	default:
		c.give(seq, answer[:min(len(answer), s.length)])
	}
}

// standard answers the requests that every USB device knows.
func (c *camera) standard(s setup) (answer []byte, ok bool) {
	const getStatus, clearFeature, setFeature, setAddress, getDescriptor, setConfiguration, setInterface = 0, 1, 3, 5, 6, 9, 11
	switch s.request {
	case getStatus:
		return []byte{0, 0}, true
	case getDescriptor:
		switch kind, i := s.value>>8, s.value&0xff; {
		case kind == 1:
			return c.deviceDescriptor(), true
		case kind == 2:
			return configDescriptor(), true
		case kind == 3 && i <= 3:
			return c.stringDescriptor(i), true
		}
	case clearFeature:
		if s.kind == 0x02 && s.index == streamEndpoint { // how uvcvideo stops a bulk camera
			c.endStream()
		}
		return nil, true
	case setFeature, setAddress, setConfiguration, setInterface:
		return nil, true
	}
	return nil, false
}

// streamControl answers the probe and commit controls.
func (c *camera) streamControl(s setup, out []byte) (answer []byte, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	current, commit := &c.probe, s.value>>8 == 2
	if commit {
		current = &c.commit
	}
	switch s.request {
	case setCurrent:
		*current = settle(out)
		if commit {
			c.startStream()
		}
		return nil, true
	case getCurrent:
		return *current, true
	case getMin, getMax, getDefault:
		p := defaultProbe()
		p[2], p[3] = (*current)[2], (*current)[3]
		return settle(p), true
	case getLength:
		return []byte{probeSize, 0}, true
	case getInfo:
		return []byte{getAndSet}, true
	}
	return nil, false
}

// brightnessControl answers the one control of the processing unit.
func (c *camera) brightnessControl(s setup, out []byte) (answer []byte, ok bool) {
	word := func(v int) []byte { return binary.LittleEndian.AppendUint16(nil, uint16(v)) }
	switch s.request {
	case setCurrent:
		if len(out) < 2 {
			return nil, false
		}
		c.brightness = int(int16(binary.LittleEndian.Uint16(out)))
		return nil, true
	case getCurrent:
		return word(c.brightness), true
	case getMin:
		return word(0), true
	case getMax:
		return word(255), true
	case getStep:
		return word(1), true
	case getLength:
		return word(2), true
	case getInfo:
		return []byte{getAndSet}, true
	case getDefault:
		return word(128), true
	}
	return nil, false
}

// probeSize is the length of the probe control in UVC 1.1.
const probeSize = 34

func defaultProbe() []byte {
	p := make([]byte, probeSize)
	p[2], p[3] = formatMJPG, 1
	return settle(p)
}

// settle makes of what the host asks for something that the camera does.
func settle(asked []byte) []byte {
	p := make([]byte, probeSize)
	copy(p, asked)
	if p[2] != formatYUYV {
		p[2] = formatMJPG
	}
	if p[3] < 1 || int(p[3]) > len(sizes) {
		p[3] = 1
	}
	s := sizes[p[3]-1]
	binary.LittleEndian.PutUint32(p[4:], max(binary.LittleEndian.Uint32(p[4:]), intervals[0]))
	binary.LittleEndian.PutUint32(p[18:], uint32(s.width*s.height*2))
	binary.LittleEndian.PutUint32(p[22:], maxPayload)
	binary.LittleEndian.PutUint32(p[26:], clock)
	return p
}
