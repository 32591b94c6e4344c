package live

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"camhub/internal/media"
)

// TestFrameHeads holds the lengths at which the form of a frame changes (RFC
// 6455 section 5.2).
func TestFrameHeads(t *testing.T) {
	tests := []struct {
		n    int
		want []byte
	}{
		{0, []byte{0x82, 0}},
		{125, []byte{0x82, 125}},
		{126, []byte{0x82, 126, 0, 126}},
		{65535, []byte{0x82, 126, 0xff, 0xff}},
		{65536, []byte{0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0}},
		{16 << 20, []byte{0x82, 127, 0, 0, 0, 0, 1, 0, 0, 0}},
	}
	for _, tt := range tests {
		if got := appendFrameHead(nil, opBinary, tt.n); !bytes.Equal(got, tt.want) || len(got) > maxFrameHead {
			t.Errorf("%d bytes: got % x, want % x", tt.n, got, tt.want)
		}
	}
}

// TestPicturesOfAllSizesComeWhole has a full batch of pictures whose lengths lie
// on both sides of each form of frame, then messages between them.
func TestPicturesOfAllSizesComeWhole(t *testing.T) {
	conn := tcpPairOfWall(t)
	sizes := []int{0, 1, 101, 102, 65511, 65512, 300_000}
	b := newBatch()
	for round := range 3 {
		for i, n := range sizes {
			p := packet(strings.Repeat("x", n))
			p.Track = &media.Track{Codec: media.JPEG, Width: 70_000, Height: i}
			p.Arrived = time.UnixMicro(int64(1000 + i))
			b.add(uint16(i), uint32(round), p)
		}
		if err := b.send(conn.hub); err != nil {
			t.Fatal(err)
		}
		if err := sendMessage(conn.hub, opPing, []byte("still there?")); err != nil {
			t.Fatal(err)
		}
		if err := sendMessage(conn.hub, opText, []byte(`{"op":"between"}`)); err != nil {
			t.Fatal(err)
		}
		for i, n := range sizes {
			m, err := conn.client.read()
			if err != nil || *m.Tile != i || m.seq != uint32(round) || len(m.picture) != n || m.width != 65535 || m.height != i || m.arrived.UnixMicro() != int64(1000+i) {
				t.Fatalf("picture of %d bytes: got %d of tile %d, %v", n, len(m.picture), *m.Tile, err)
			}
		}
		if m, err := conn.client.read(); err != nil || m.Op != "between" {
			t.Fatalf("got %+v, %v", m, err)
		}
	}
	if b.pictures != 0 || b.bytes != 0 || b.full() {
		t.Errorf("left in the batch: %d", b.pictures)
	}
}

// TestBatchCostsNoMemory holds the rule for the pictures of a wall too.
func TestBatchCostsNoMemory(t *testing.T) {
	v := tcpPair(t)
	p := packet(strings.Repeat("x", 30_000))
	b := newBatch()
	if allocs := testing.AllocsPerRun(200, func() {
		for !b.full() {
			b.add(1, 2, p)
		}
		if err := b.send(v.conn); err != nil {
			t.Fatal(err)
		}
	}); allocs != 0 {
		t.Errorf("%v allocations a batch", allocs)
	}
}

// wallPair is a wall's connection and its client.
type wallPair struct {
	hub    *patientConn
	client *wallClient
}

// tcpPairOfWall returns a connection of the wall that the test writes to.
func tcpPairOfWall(t *testing.T) wallPair {
	t.Helper()
	r := newWallRig(t, "a")
	c := r.dial()
	c.want()
	var hub *patientConn
	eventually(t, "it is there", func() bool {
		r.live.mu.Lock()
		defer r.live.mu.Unlock()
		for conn := range r.live.conns {
			hub = conn.(*patientConn)
		}
		return hub != nil
	})
	return wallPair{hub, c}
}

// TestClientThatPingsIsAnswered also has pictures under way meanwhile.
func TestClientThatPingsIsAnswered(t *testing.T) {
	r := newWallRig(t, "a")
	c := r.dial()
	c.want("1 a 640 60")
	read := make(chan error, 1)
	go func() {
		for {
			m, err := c.read()
			if err != nil {
				read <- err
				return
			}
			if m.Op == "picture" {
				c.got(m)
			}
		}
	}()
	for range 20 {
		r.cam("a").Write(packet(strings.Repeat("x", 100_000)))
		if err := c.ws.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	c.ws.Close(websocket.StatusNormalClosure, "")
	<-read
}
