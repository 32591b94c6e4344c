package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"testing"
	"time"

	"camhub/internal/event"
)

// TestSlowReaderOfManyEvents asks for all of 50,000 events, takes a few, and
// waits. Meanwhile the hub must change cameras as ever, and hold next to none
// of the rows in its memory. Then the reader takes the rest: not one is missing.
func TestSlowReaderOfManyEvents(t *testing.T) {
	const many, mostGrowth = 80_000, 5 << 20
	c := readContract(t, true)
	dir := t.TempDir()
	seedEvents(t, dir, many)
	h := startHub(t, c, dir)
	h.add("a")
	h.client.CloseIdleConnections()
	before := heap()

	slow := newClient()
	slow.Timeout = 10 * time.Minute // for the whole list, which a busy machine takes long to read
	slow.Transport = &http.Transport{DialContext: smallWindow}
	defer slow.CloseIdleConnections()
	until := firstSeeded.Add(many * time.Second).Format(time.RFC3339) // before the camera was added
	r, err := http.NewRequestWithContext(t.Context(), "GET", h.url+"/api/v1/events?until="+until, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "application/x-ndjson")
	resp, err := slow.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	next, size := many+1, 0
	for lines.Scan() {
		var e event.Event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("event %d: %v", next-1, errors.Join(lines.Err(), err))
		}
		if int(e.ID) != next-1 {
			t.Fatalf("event %d follows %d", e.ID, next)
		}
		next, size = next-1, size+len(lines.Bytes())
		if e.ID != many-100 {
			continue
		}
		for i := range 20 {
			h.want(http.StatusOK, "PUT", "/api/v1/cameras/a", fmt.Sprintf(`{"name":"Name %d","enabled":false,"source":{"kind":"emulated"}}`, i))
		}
		growth := heap() - before
		t.Logf("the heap grew by %d kB while a reader stood still", growth>>10)
		if growth > mostGrowth {
			t.Errorf("the heap grew by %d bytes", growth)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if next != 1 || size < 2*mostGrowth {
		t.Errorf("the last event is %d, after %d bytes", next, size)
	}
	t.Logf("%d events, %d kB", many, size>>10)
}

// heap returns the bytes of live objects.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// smallWindow dials with a small buffer for what is received, so that the
// kernel takes little off a sender whom nobody reads.
func smallWindow(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return conn, conn.(*net.TCPConn).SetReadBuffer(128 << 10)
}
