package stream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/media"
)

// feed writes one packet per letter: K and J are key packets, p is not.
func feed(s *Stream, letters string) {
	for _, l := range letters {
		s.Write(&media.Packet{Key: l != 'p'})
	}
}

// take reads n packets and returns their sequence numbers.
func take(t *testing.T, r *Reader, n int) []uint64 {
	t.Helper()
	var seqs []uint64
	for range n {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		p, err := r.Next(ctx)
		cancel()
		if err != nil {
			t.Fatalf("after %v: %v", seqs, err)
		}
		seqs = append(seqs, p.Seq)
	}
	return seqs
}

func TestModes(t *testing.T) {
	tests := []struct {
		name   string
		before string // written before the reader joins
		after  string // written before it reads
		mode   Mode
		want   []uint64
		drop   uint64
	}{
		{"latest keeps the newest", "", "JJJJJ", Latest, []uint64{5}, 4},
		{"latest starts with a picture", "JJ", "", Latest, []uint64{2}, 0},
		{"latest takes key packets only", "Kpp", "Kpp", Latest, []uint64{4}, 5},
		{"live joins at the key frame", "KppKpp", "p", Live, []uint64{4, 5, 6, 7}, 0},
		{"live waits for a key frame", "", "ppKp", Live, []uint64{3, 4}, 2},
		{"all keeps all", "K", "ppp", All, []uint64{1, 2, 3, 4}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := New()
				feed(s, tt.before)
				r := s.Subscribe(tt.mode)
				defer r.Close()
				feed(s, tt.after)
				if got := take(t, r, len(tt.want)); !slices.Equal(got, tt.want) {
					t.Errorf("got %v, want %v", got, tt.want)
				}
				if got := r.Dropped(); got != tt.drop {
					t.Errorf("dropped %d, want %d", got, tt.drop)
				}
			})
		})
	}
}

func TestLiveSkipsToKey(t *testing.T) {
	s := New()
	r := s.Subscribe(Live)
	defer r.Close()
	feed(s, "K")
	for range limits[Live] + 5 {
		feed(s, "p")
	}
	feed(s, "Kp")
	want := uint64(limits[Live] + 7)
	if got := take(t, r, 2); !slices.Equal(got, []uint64{want, want + 1}) {
		t.Errorf("got %v, want %d and the next", got, want)
	}
}

func TestAllEndsWhenBehind(t *testing.T) {
	s := New()
	r := s.Subscribe(All)
	defer r.Close()
	for range limits[All] + 1 {
		feed(s, "J")
	}
	take(t, r, limits[All])
	if _, err := r.Next(t.Context()); !errors.Is(err, ErrBehind) {
		t.Errorf("got %v, want ErrBehind", err)
	}
}

func TestCloseEndsReaders(t *testing.T) {
	s := New()
	r := s.Subscribe(Latest)
	feed(s, "J")
	s.Close()
	take(t, r, 1) // what was queued still comes
	if _, err := r.Next(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
	r.Close()
	r.Close()
	if _, err := s.Subscribe(Live).Next(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("late reader: got %v, want ErrClosed", err)
	}
}

// TestHammer lets readers come and go while packets flow. It is for -race.
func TestHammer(t *testing.T) {
	s := New()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for ctx.Err() == nil {
				r := s.Subscribe(Mode(i % 3))
				var last uint64
				for range 50 {
					p, err := r.Next(ctx)
					if err != nil {
						break
					}
					if p.Seq <= last {
						t.Errorf("reader %d: %d after %d", i, p.Seq, last)
					}
					last = p.Seq
				}
				r.Close()
			}
		})
	}
	for ctx.Err() == nil {
		feed(s, "Kppppp")
	}
	wg.Wait()
	if len(s.readers) != 0 {
		t.Errorf("%d readers left", len(s.readers))
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := New()
			ctx, cancel := context.WithCancel(b.Context())
			var wg sync.WaitGroup
			for range n {
				r := s.Subscribe(Latest)
				wg.Go(func() {
					for {
						if _, err := r.Next(ctx); err != nil {
							return
						}
					}
				})
			}
			data := make([]byte, 100<<10)
			b.ReportAllocs()
			for b.Loop() {
				s.Write(&media.Packet{Key: true, Data: data})
			}
			b.StopTimer()
			cancel()
			wg.Wait()
		})
	}
}
