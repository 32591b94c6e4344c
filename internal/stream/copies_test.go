package stream

import "testing"

// counts checks how many viewers a stream has and what they missed.
func counts(t *testing.T, s *Stream, viewers int, dropped uint64) {
	t.Helper()
	if n, d := s.Viewers(); n != viewers || d != dropped {
		t.Errorf("%d viewers who missed %d, want %d and %d", n, d, viewers, dropped)
	}
}

func TestTapIsDemandAndNoViewer(t *testing.T) {
	s := New()
	tap := s.Tap()
	if s.Readers() != 1 {
		t.Error("a tap is no demand")
	}
	select {
	case <-s.Demand():
	default:
		t.Error("the demand of a tap was not told")
	}
	feed(s, "JJJ")
	counts(t, s, 0, 0)
	if got := take(t, tap, 1); got[0] != 3 {
		t.Errorf("got %v, want the newest", got)
	}
	tap.Close()
	counts(t, s, 0, 0)
	if s.Readers() != 0 {
		t.Error("the tap is still there")
	}
}

func TestViewersOfCopiesAreCounted(t *testing.T) {
	s, c := New(), New()
	direct := s.Subscribe(Latest)
	defer direct.Close()
	s.AddCopy(c)
	small := c.Subscribe(Latest)
	recorder := c.Subscribe(All)
	counts(t, s, 2, 0)
	feed(c, "JJJ") // two of them are missed
	counts(t, s, 2, 2)
	counts(t, c, 1, 2)
	small.Close()
	recorder.Close()
	counts(t, s, 1, 2)
	s.RemoveCopy(c)
	s.RemoveCopy(c)
	counts(t, s, 1, 2)
	defer c.Subscribe(Latest).Close()
	counts(t, s, 1, 2)
}
