package record

import (
	"testing"
	"time"

	"camhub/internal/media"
	"camhub/internal/record/archive"
)

func TestQueueLosesTheNewAndSaysSo(t *testing.T) {
	q := newQueue(1000)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	push := func(n uint64, size int) bool { return q.push(&media.Packet{Seq: n, Data: make([]byte, size)}) }
	pop := func(want uint64, gap archive.Gap) {
		t.Helper()
		if it, ended := q.pop(timer, time.Second); ended || it.p == nil || it.p.Seq != want || it.gap != gap {
			t.Fatalf("got %+v %v, want %d %v", it, ended, want, gap)
		}
	}
	for i := range uint64(10) {
		if push(i, 100) {
			t.Fatalf("picture %d did not fit", i)
		}
	}
	if !push(10, 100) || push(11, 1) {
		t.Error("the first one lost is told, and only that")
	}
	pop(0, archive.None)
	push(12, 1) // not half empty yet
	for i := uint64(1); i < 5; i++ {
		pop(i, archive.None)
	}
	push(13, 100)
	if n, bytes, lost := q.state(); n != 6 || bytes != 600 || lost != 3 {
		t.Errorf("%d pictures, %d bytes, %d lost", n, bytes, lost)
	}
	for i := uint64(5); i < 10; i++ {
		pop(i, archive.None)
	}
	pop(13, archive.Overflow)
	if push(14, 5000) {
		t.Error("a picture larger than the queue must fit into an empty one")
	}
	pop(14, archive.None)
	q.miss(7)
	for i := range uint64(500) { // grows
		q.push(&media.Packet{Seq: 100 + i})
	}
	q.close()
	pop(100, archive.Overflow)
	for i := uint64(1); i < 500; i++ {
		pop(100+i, archive.None)
	}
	if it, ended := q.pop(timer, time.Second); !ended || it.p != nil {
		t.Errorf("got %+v %v, want the end", it, ended)
	}
}
