package auth

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestWaitsGrowAndEnd guesses as fast as it may: the waits double up to a minute,
// and are forgotten after a quiet while.
func TestWaitsGrowAndEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter()
		s := subject{"account ann", 5}
		var waits []time.Duration
		for range 14 {
			for {
				wait := l.take(time.Now(), s)
				if wait == 0 {
					break
				}
				waits = append(waits, wait)
				time.Sleep(wait)
			}
		}
		want := []time.Duration{1, 2, 4, 8, 16, 32, 60, 60, 60}
		if len(waits) != len(want) {
			t.Fatalf("waits: %v", waits)
		}
		for i := range want {
			if waits[i] != want[i]*time.Second {
				t.Errorf("wait %d is %v, want %d s", i, waits[i], want[i])
			}
		}
		time.Sleep(forgetAfter + time.Minute)
		for i := range 5 {
			if wait := l.take(time.Now(), s); wait != 0 {
				t.Errorf("after a quiet while, try %d waits %v", i, wait)
			}
		}
	})
}

// TestWaitOfOneChargesNone shows that a try that has to wait for one subject is
// not charged to another: an address that knocks all the time does not shut the
// account's door for others.
func TestWaitOfOneChargesNone(t *testing.T) {
	l, now := newLimiter(), time.Now()
	address, account := subject{"address 1", 1}, subject{"account ann", 3}
	for range 100 {
		l.take(now, address, account)
	}
	if n := l.bucket(account).count; n != 1 {
		t.Errorf("%d tries are charged to the account", n)
	}
	if wait := l.take(now, account); wait != 0 {
		t.Errorf("others wait %v", wait)
	}
}

func TestNetworks(t *testing.T) {
	for remote, want := range map[string]string{
		"10.0.0.5:1234": "10.0.0.5", "[::ffff:10.0.0.5]:1": "10.0.0.5", "[2001:db8:1:2:3::4]:1": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:1": "fe80::/64", "@": "@",
	} {
		if got := network(remote); got != want {
			t.Errorf("%s is counted as %s, want %s", remote, got, want)
		}
	}
}
