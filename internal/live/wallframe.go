package live

import (
	"encoding/binary"
	"math"
	"net"
	"time"

	"camhub/internal/media"
	"camhub/internal/meter"
)

// Opcodes of WebSocket frames (RFC 6455 section 5.2) that are whole messages.
const (
	opText   = 0x1
	opBinary = 0x2
	opPing   = 0x9
	opPong   = 0xA

	lastFrame     = 0x80 // the bit of a frame that ends its message
	maxFrameHead  = 10   // of a server, which masks nothing
	pictureHead   = 24   // bytes before the JPEG
	batchBytes    = 64 << 10
	batchPictures = 16
)

// appendFrameHead appends what stands before a message of n bytes that is one
// frame from a server.
func appendFrameHead(b []byte, opcode byte, n int) []byte {
	b = append(b, lastFrame|opcode)
	switch {
	case n < 126:
		return append(b, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		return binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
}

// appendPictureHead appends what stands before the bytes of a picture.
func appendPictureHead(b []byte, tile uint16, seq uint32, p *media.Packet) []byte {
	const version, jpeg = 1, 1
	b = binary.BigEndian.AppendUint16(append(b, version, jpeg), tile)
	b = binary.BigEndian.AppendUint32(b, seq)
	b = binary.BigEndian.AppendUint64(b, uint64(p.Arrived.UnixMicro()))
	b = binary.BigEndian.AppendUint16(b, uint16(min(p.Track.Width, math.MaxUint16)))
	b = binary.BigEndian.AppendUint16(b, uint16(min(p.Track.Height, math.MaxUint16)))
	return append(b, 0, 0, 0, 0) // reserved
}

// batch is some pictures that go out in one vectored write, which copies none of
// them. It is used again and again without taking memory.
type batch struct {
	pictures int
	bytes    int // of the pictures alone
	heads    []byte
	buffers  net.Buffers
	rest     net.Buffers // of buffers, that is still to be sent
}

func newBatch() *batch {
	return &batch{
		heads:   make([]byte, 0, batchPictures*(maxFrameHead+pictureHead)),
		buffers: make(net.Buffers, 0, 2*batchPictures),
	}
}

// add appends a picture.
func (b *batch) add(tile uint16, seq uint32, p *media.Packet) {
	at := len(b.heads) // there is room, so that earlier heads stay where they are
	b.heads = appendFrameHead(b.heads, opBinary, pictureHead+len(p.Data))
	b.heads = appendPictureHead(b.heads, tile, seq, p)
	b.buffers = append(b.buffers, b.heads[at:], p.Data)
	b.pictures++
	b.bytes += len(p.Data)
}

// full reports whether what is in it should go first: a picture that is chosen
// later is a newer one.
func (b *batch) full() bool { return b.pictures == batchPictures || b.bytes >= batchBytes }

// count adds the pictures to a meter.
func (b *batch) count(m *meter.Meter, now time.Time) {
	for i := 1; i < len(b.buffers); i += 2 {
		m.Add(now, len(b.buffers[i]))
	}
}

// send writes the pictures, and leaves the batch empty.
func (b *batch) send(to *patientConn) error {
	b.rest = b.buffers
	err := to.writeBuffers(&b.rest)
	clear(b.buffers) // let the pictures go
	b.buffers, b.heads, b.pictures, b.bytes = b.buffers[:0], b.heads[:0], 0, 0
	return err
}

// sendMessage writes a message of one frame.
func sendMessage(to *patientConn, opcode byte, message []byte) error {
	b := make([]byte, 0, maxFrameHead+len(message))
	_, err := to.Write(append(appendFrameHead(b, opcode, len(message)), message...))
	return err
}
