package live

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// flowRig is a flow with a clock.
type flowRig struct {
	*flow
	now time.Time
}

// newFlowRig has lanes 1 to n, at a rate that leaves nothing out.
func newFlowRig(n int) *flowRig {
	f := &flowRig{newFlow(), time.Unix(1000, 0)}
	for i := range n {
		f.lane(uint16(i + 1))
	}
	return f
}

// ack gives credit back, and leaves the window as it is.
func (f *flowRig) ack(tile uint16, seq uint32) bool {
	before := f.window
	defer func() { f.window = before }()
	return f.got(tile, seq, f.now)
}

// narrow fixes the window, so that not one picture more may go.
func (f *flowRig) narrow(bytes float64) {
	f.window.size, f.window.tried = bytes, f.now.Add(time.Hour)
}

func (f *flowRig) lane(tile uint16) { f.add(tile).pace.setRate(1000) }

// give offers a picture of n bytes to each of the tiles, some time later.
func (f *flowRig) give(n int, tiles ...uint16) {
	f.now = f.now.Add(10 * time.Millisecond)
	for _, tile := range tiles {
		p := packet(strings.Repeat("x", n))
		p.Arrived = f.now
		f.lanes[tile].offer(p, f.now)
	}
}

// sent takes all that may go, and returns it as "tile/seq".
func (f *flowRig) sent() (all []string) {
	for {
		l, seq, p := f.take(f.now)
		if p == nil {
			return all
		}
		all = append(all, fmt.Sprintf("%d/%d", l.tile, seq))
	}
}

func (f *flowRig) want(t *testing.T, want ...string) {
	t.Helper()
	if got := f.sent(); !slices.Equal(got, want) {
		t.Errorf("sent %v, want %v", got, want)
	}
}

func TestCreditIsTwoPicturesATile(t *testing.T) {
	f := newFlowRig(2)
	f.give(10, 1)
	f.want(t, "1/1")
	f.give(10, 1)
	f.want(t, "1/2")
	f.give(10, 1)
	f.give(20, 1) // takes the place of the one before
	f.want(t)
	f.give(10, 2) // has its own
	f.want(t, "2/3")
	if !f.got(1, 1, f.now) {
		t.Error("credit that was given is refused")
	}
	l, seq, p := f.take(f.now)
	if p == nil || l.tile != 1 || seq != 4 || len(p.Data) != 20 {
		t.Errorf("got picture %d, want the newest", seq)
	}
}

func TestCreditThatWasNotGivenChangesNothing(t *testing.T) {
	f := newFlowRig(2)
	f.give(10, 1, 1, 2)
	f.want(t, "1/1", "2/2")
	f.give(10, 1)
	f.want(t, "1/3")
	f.give(10, 1, 2)
	for _, bad := range []struct {
		tile uint16
		seq  uint32
	}{{1, 2}, {2, 1}, {1, 4}, {3, 4}, {1, math.MaxUint32/2 + 1}, {2, 9}, {1, 0}, {3, 0}} {
		if f.got(bad.tile, bad.seq, f.now) {
			t.Errorf("picture %d of tile %d is taken", bad.seq, bad.tile)
		}
	}
	if f.bytes != 30 || f.live != 3 || f.lanes[1].used != 2 || len(f.underWay) != 3 {
		t.Errorf("it changed something: %+v", f.flow)
	}
	if !f.got(1, 1, f.now) || f.got(1, 1, f.now) {
		t.Error("credit is taken not once")
	}
}

func TestTilesTakeTurns(t *testing.T) {
	f := newFlowRig(4)
	f.narrow(35) // three pictures
	f.give(10, 4, 3, 2, 1)
	f.want(t, "1/1", "2/2", "3/3")
	f.give(10, 1, 2, 3)
	f.ack(1, 1)
	f.want(t, "4/4") // it waited longest, though 1 has credit and a picture
	f.give(10, 1, 2, 3, 4)
	f.ack(2, 2)
	f.want(t, "1/5")
	f.ack(3, 3)
	f.want(t, "2/6")
}

// TestOldestPictureIsReplacedFirst has a slow camera among quick ones: when its
// picture is there at last, nothing goes before it.
func TestOldestPictureIsReplacedFirst(t *testing.T) {
	f := newFlowRig(3)
	f.narrow(25) // two pictures
	f.give(10, 3)
	f.want(t, "3/1")
	f.ack(3, 1)
	for seq := uint32(2); seq < 10; seq += 2 {
		f.give(10, 1, 2)
		f.want(t, fmt.Sprintf("1/%d", seq), fmt.Sprintf("2/%d", seq+1))
		f.ack(1, seq)
		f.ack(2, seq+1)
	}
	f.give(10, 1, 2, 3)
	f.want(t, "3/10", "1/11")
}

// TestOldMeansThePicture has a tile that was served last, with a picture that
// was old by then.
func TestOldMeansThePicture(t *testing.T) {
	f := newFlowRig(3)
	f.narrow(15) // one picture
	f.give(10, 1)
	f.want(t, "1/1")
	f.give(10, 3)
	f.give(10, 2)
	f.ack(1, 1)
	f.want(t, "2/2")
	f.ack(2, 2)
	f.want(t, "3/3")
	f.ack(3, 3)
	f.give(10, 2, 3)
	f.want(t, "3/4")
}

func TestTallyTellsWhatWasMissed(t *testing.T) {
	f := newFlowRig(3)
	f.narrow(25)
	for range 4 {
		f.give(10, 1, 2) // 3 is offline
		f.sent()
	}
	if tiles, offered, sent := f.tally(); tiles != 2 || offered != 8 || sent != 2 {
		t.Errorf("%d tiles, %d pictures of %d", tiles, sent, offered)
	}
	if tiles, offered, sent := f.tally(); tiles != 0 || offered != 0 || sent != 0 {
		t.Errorf("again: %d tiles, %d pictures of %d", tiles, sent, offered)
	}
}

func TestLargePictureIsNotOvertakenForEver(t *testing.T) {
	f := newFlowRig(2)
	f.narrow(1000)
	f.give(10, 1)
	f.want(t, "1/1")
	f.give(5000, 2)
	f.give(10, 1)
	f.want(t) // 2 is next, and there is no room while anything is under way
	f.ack(1, 1)
	f.want(t, "2/2") // at least one picture, whatever its size
}

func TestDroppedTileFreesTheWindowLater(t *testing.T) {
	f := newFlowRig(2)
	f.narrow(25)
	f.give(10, 1, 2)
	f.want(t, "1/1", "2/2")
	f.remove(1)
	f.lane(3)
	f.give(10, 2, 3)
	f.want(t) // what was sent is still on its way
	if !f.ack(1, 1) {
		t.Error("the acknowledgement of a tile that was just dropped is refused")
	}
	f.want(t, "3/3")
	f.remove(3)
	f.give(10, 2)
	f.ack(2, 2)
	f.want(t, "2/4")
	f.ack(2, 4) // came after 3, so that 3 is there too
	if f.bytes != 0 || f.live != 0 || len(f.underWay) != 0 {
		t.Errorf("left: %+v", f.flow)
	}
	if !f.ack(3, 3) {
		t.Error("an acknowledgement that came late is refused")
	}
}

// TestNothingIsOwedForDroppedTiles has a client that drops its tiles and never
// acknowledges: it goes on getting pictures, and costs no more memory.
func TestNothingIsOwedForDroppedTiles(t *testing.T) {
	f := newFlowRig(0)
	f.narrow(100)
	for i := range 5 * maxUnderWay {
		f.lane(1)
		f.give(60, 1)
		if n := len(f.sent()); n != 1 {
			t.Fatalf("list %d: %d pictures, want 1", i, n)
		}
		f.remove(1)
		if len(f.underWay) > maxUnderWay || f.live != 0 {
			t.Fatalf("list %d: %d under way, %d live", i, len(f.underWay), f.live)
		}
	}
}

func TestTileThatIsMadeAgainHasFreshCredit(t *testing.T) {
	f := newFlowRig(1)
	f.give(10, 1)
	f.sent()
	f.give(10, 1)
	f.sent()
	f.remove(1)
	f.lane(1)
	f.give(10, 1)
	f.want(t, "1/3")
	for _, seq := range []uint32{1, 2} { // of the tile before
		if !f.got(1, seq, f.now) {
			t.Errorf("picture %d is refused", seq)
		}
	}
	if f.lanes[1].used != 1 || f.live != 1 || f.bytes != 10 {
		t.Errorf("credit went to the wrong lane: %+v", f.lanes[1])
	}
}

// TestHeldPictureGoesAtLast has a camera that gives two pictures quickly and
// then none.
func TestHeldPictureGoesAtLast(t *testing.T) {
	f := newFlowRig(0)
	f.add(1).pace.setRate(1)
	f.give(10, 1)
	f.want(t, "1/1")
	f.got(1, 1, f.now)
	f.give(11, 1)
	f.want(t)
	wait, ok := f.wait(f.now)
	if !ok || wait != 1490*time.Millisecond {
		t.Errorf("waits for %v, %v", wait, ok)
	}
	f.now = f.now.Add(wait - 1)
	f.want(t)
	f.now = f.now.Add(1)
	f.want(t, "1/2")
	if wait, ok := f.wait(f.now); ok {
		t.Errorf("waits for %v more", wait)
	}
}

func TestNumbersGoRound(t *testing.T) {
	f := newFlowRig(1)
	f.count = math.MaxUint32 - 1
	f.remove(1)
	f.lane(1)
	f.give(10, 1)
	f.want(t, fmt.Sprintf("1/%d", uint32(math.MaxUint32)))
	f.give(10, 1)
	f.want(t, "1/0")
	if !f.got(1, math.MaxUint32, f.now) || !f.got(1, 0, f.now) {
		t.Error("numbers do not go round")
	}
}

func TestQuickLinkOpensTheWindow(t *testing.T) {
	f := newFlowRig(16)
	all := make([]uint16, 16)
	for i := range all {
		all[i] = uint16(i + 1)
	}
	var n int
	for range 20 {
		f.give(20_000, all...)
		for _, s := range f.sent() {
			var tile uint16
			var seq uint32
			fmt.Sscanf(s, "%d/%d", &tile, &seq)
			f.got(tile, seq, f.now.Add(5*time.Millisecond))
			n++
		}
	}
	if n < 250 || f.window.bytes() < 2*firstWindow {
		t.Errorf("%d of 320 pictures went, the window is %d", n, f.window.bytes())
	}
}
