//go:build linux

package feedbench

import (
	"net"
	"strconv"
	"testing"
	"time"
)

// step is how often the tests look.
const step = 20 * time.Millisecond

func TestPicturesReachViewers(t *testing.T) {
	for name, start := range map[string]func(testing.TB) server{"rawfan": startRawfan, "plaingo": startPlainGo} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			viewers := startViewers(t, s, 3, normal, 0)
			mark(t, viewers)
			var r report
			if !poll(answerWithin, step, func() bool {
				r = look(t, viewers)
				return r.Received >= 15
			}) {
				t.Fatalf("only %d pictures came", r.Received)
			}
			if r.Open != 3 || r.Restarts != 0 || len(r.Viewers) != 3 || r.Latency.N != r.Received {
				t.Errorf("got %+v", r)
			}
			if r.Latency.P50 <= 0 || r.Latency.P50 > r.Latency.P99 || r.Latency.P99 > r.Latency.Max {
				t.Errorf("latency is %+v", r.Latency)
			}
			mark(t, viewers)
			if again := look(t, viewers); again.Received >= r.Received {
				t.Errorf("%d pictures right after a mark", again.Received)
			}
			if n, err := cpuTime(s.pid); err != nil || n <= 0 {
				t.Errorf("server used %v, %v", n, err)
			}
		})
	}
}

func TestViewersSeeTheServerGo(t *testing.T) {
	for _, mode := range []string{normal, stalled, slow} {
		t.Run(mode, func(t *testing.T) {
			feeder, at := startFeeder(t, loopback)
			viewers := startViewers(t, server{host: at.Addr, path: "/"}, 2, mode, 1<<20)
			feeder.kill()
			var r report
			if !poll(answerWithin, step, func() bool {
				r = look(t, viewers)
				return r.Open == 0
			}) {
				t.Fatalf("%d are still open", r.Open)
			}
			for _, v := range r.Viewers {
				if v.Gone == "" || v.GoneAt == 0 || v.Port == 0 {
					t.Errorf("got %+v", v)
				}
			}
		})
	}
}

func TestSlowViewersKeepTheirRate(t *testing.T) {
	const rate = 200_000
	viewers := startViewers(t, startPlainGo(t), 2, slow, rate)
	began := monotonic()
	mark(t, viewers)
	var r report
	if !poll(answerWithin, step, func() bool {
		r = look(t, viewers)
		return r.Viewers[0].Bytes > rate/2
	}) {
		t.Fatalf("got %+v", r)
	}
	most := (r.At-began+maxArrears)*rate/int64(time.Second) + slowRead
	for _, v := range r.Viewers {
		if v.Bytes > most {
			t.Errorf("%d bytes were read, want at most %d", v.Bytes, most)
		}
	}
}

func TestStalledViewersHoldMemory(t *testing.T) {
	s := startPlainGo(t)
	viewers := startViewers(t, s, 2, stalled, 0)
	ports := make(map[int]bool)
	for _, v := range look(t, viewers).Viewers {
		ports[v.Port] = true
	}
	_, p, err := net.SplitHostPort(s.host)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(p)
	if err != nil {
		t.Fatal(err)
	}
	var hub, own held
	if !poll(answerWithin, step, func() bool {
		hub, own = splitEnds(sockets(t, port), port, ports)
		return hub.per() > 1<<20 && own.per() > 0
	}) {
		t.Errorf("server's ends hold %+v, viewers' %+v", hub, own)
	}
	if hub.Alive != 2 || own.Alive != 2 {
		t.Errorf("server's ends hold %+v, viewers' %+v", hub, own)
	}
	if r := look(t, viewers); r.Received != 0 || r.Open != 2 {
		t.Errorf("stalled viewers read: %+v", r)
	}
}

func TestKilledProcessIsGone(t *testing.T) {
	p, at := startFeeder(t, loopback)
	p.kill()
	if conn, err := net.Dial("tcp", at.Addr); err == nil {
		conn.Close()
		t.Error("the killed feeder still listens")
	}
	p.kill()
}
