//go:build linux

package main

import "encoding/binary"

// size is a picture size in pixels.
type size struct{ width, height int }

// sizes are numbered from 1 by the frame descriptors. The second has a range of
// intervals, the others have those of the list.
var sizes = []size{{640, 480}, {320, 240}, {1280, 720}}

// intervals are in units of 100 ns: 30, 15, 10 and 5 pictures a second.
var intervals = []uint32{333333, 666666, 1000000, 2000000}

// The formats, as the format descriptors number them.
const (
	formatMJPG = 1
	formatYUYV = 2
)

const (
	maxPayload      = 16384
	clock           = 48_000_000
	streamInterface = 1
	streamEndpoint  = 0x81
	cameraTerminal  = 1
	processingUnit  = 2
)

// desc is a descriptor: its length, then the parts.
func desc(parts ...any) []byte {
	b := cat(parts...)
	return append([]byte{byte(len(b) + 1)}, b...)
}

// cat joins bytes (int), words (uint16), double words (uint32) and slices, in
// USB's byte order.
func cat(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case int:
			b = append(b, byte(p))
		case uint16:
			b = binary.LittleEndian.AppendUint16(b, p)
		case uint32:
			b = binary.LittleEndian.AppendUint32(b, p)
		case []byte:
			b = append(b, p...)
		}
	}
	return b
}

// deviceDescriptor is that of a composite device (USB 2.0 9.6.1).
func (c *camera) deviceDescriptor() []byte {
	serial := 3
	if c.serial == "" {
		serial = 0
	}
	return desc(1, uint16(0x0200), 0xef, 2, 1, 64, uint16(0x1d6b), uint16(0x0102), uint16(0x0100), 1, 2, serial, 1)
}

func (c *camera) stringDescriptor(i int) []byte {
	if i == 0 {
		return desc(3, uint16(0x0409)) // English
	}
	b := []byte{}
	for _, r := range []string{"", "uvcsim", "uvcsim camera", c.serial}[i] {
		b = binary.LittleEndian.AppendUint16(b, uint16(r))
	}
	return desc(3, b)
}

// configDescriptor holds a control interface with a camera, a processing unit
// and an output, and a streaming interface with two formats on a bulk endpoint
// (UVC 1.1 3).
func configDescriptor() []byte {
	units := cat(
		desc(0x24, 2, cameraTerminal, uint16(0x0201), 0, 0, uint16(0), uint16(0), uint16(0), 3, exposureControls, 0, 0),
		desc(0x24, 5, processingUnit, cameraTerminal, uint16(0), 3, uint16(1), 0, 0), // with brightness
		desc(0x24, 3, 3, uint16(0x0101), 0, processingUnit, 0),                       // output, ID 3
	)
	control := cat(desc(4, 0, 0, 0, 0x0e, 1, 0, 2),
		desc(0x24, 1, uint16(0x0110), uint16(13+len(units)), uint32(clock), 1, streamInterface), units)
	color := desc(0x24, 0x0d, 1, 1, 4)
	formats := cat(
		desc(0x24, 6, formatMJPG, len(sizes), 1, 1, 0, 0, 0, 0), frames(7), color,
		desc(0x24, 4, formatYUYV, len(sizes), []byte("YUY2\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"), 16, 1, 0, 0, 0, 0), frames(5), color,
	)
	head := desc(0x24, 1, 2, uint16(13+2+len(formats)), streamEndpoint, 0, 3, 0, 0, 0, 1, 0, 0)
	stream := cat(desc(4, streamInterface, 0, 1, 0x0e, 2, 0, 0), head, formats, desc(5, streamEndpoint, 2, uint16(512), 0))
	body := cat(desc(0x0b, 0, 2, 0x0e, 3, 0, 2), control, stream)
	return cat(desc(2, uint16(9+len(body)), 2, 1, 0, 0x80, 250), body)
}

// frames are the frame descriptors of one format.
func frames(subtype int) []byte {
	var b []byte
	for i, s := range sizes {
		bytes := uint32(s.width * s.height * 2)
		common := cat(0x24, subtype, i+1, 0, uint16(s.width), uint16(s.height), bytes*8, bytes*8*30, bytes, intervals[0])
		if i == 1 {
			const from, to, step = 333333, 10_000_000, 333333
			b = append(b, desc(common, 0, uint32(from), uint32(to), uint32(step))...)
			continue
		}
		common = cat(common, len(intervals))
		for _, interval := range intervals {
			common = cat(common, interval)
		}
		b = append(b, desc(common)...)
	}
	return b
}
