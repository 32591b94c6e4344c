package rendition

import (
	"bytes"
	"context"
	"errors"
	"image"
	stdjpeg "image/jpeg"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"camhub/internal/jpeg"
	"camhub/internal/media"
	"camhub/internal/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// picture returns a coded picture of one grey.
func picture(t testing.TB, w, h int, grey byte) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = grey
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, 90); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// rig is a camera and a set, for tests in a bubble.
type rig struct {
	t   *testing.T
	src *stream.Stream
	set *Set
	n   byte // pictures so far
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t, src: stream.New(), set: New(slog.New(slog.DiscardHandler))}
	t.Cleanup(func() { // inside the bubble
		r.src.Close()
		r.set.Close()
	})
	return r
}

// write gives a picture of the camera; its grey is 10 times its number.
func (r *rig) write(w, h int) *media.Packet {
	r.t.Helper()
	r.n++
	return r.writeData(picture(r.t, w, h, 10*r.n), w, h)
}

func (r *rig) writeData(data []byte, w, h int) *media.Packet {
	p := &media.Packet{
		Track: &media.Track{Codec: media.JPEG, Width: w, Height: h}, Key: true, Data: data,
		Arrived: time.Now(), Captured: time.Now().Add(-time.Millisecond), PTS: time.Duration(r.n),
	}
	r.src.Write(p)
	synctest.Wait()
	return p
}

// next returns the packet that a reader has, or nil.
func (r *rig) next(reader *stream.Reader) *media.Packet {
	r.t.Helper()
	synctest.Wait()
	p, err := reader.TryNext()
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

// grey returns the brightness of a picture and holds its size to its track's.
func grey(t testing.TB, p *media.Packet) int {
	t.Helper()
	m, err := stdjpeg.Decode(bytes.NewReader(p.Data))
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Bounds().Size(); got != image.Pt(p.Track.Width, p.Track.Height) {
		t.Errorf("a picture of %v in a track of %+v", got, p.Track)
	}
	return int(m.(*image.Gray).Pix[0])
}

func TestCopyIsTheSmallestThatIsWideEnough(t *testing.T) {
	tests := []struct{ asked, width, height int }{
		{640, 320, 240}, {320, 320, 240}, {161, 320, 240}, {160, 160, 120}, {100, 160, 120}, {80, 80, 60}, {16, 40, 30}, {0, 320, 240},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			reader := r.set.Subscribe(r.src, Spec{Width: tt.asked})
			defer reader.Close()
			p := r.write(320, 240)
			got := r.next(reader)
			if got == nil {
				t.Fatalf("%d: no picture", tt.asked)
			}
			if got.Track.Width != tt.width || got.Track.Height != tt.height || !got.Key {
				t.Errorf("%d asked: got %+v", tt.asked, got.Track)
			}
			if g := grey(t, got); g < 8 || g > 12 {
				t.Errorf("%d asked: grey %d, want 10", tt.asked, g)
			}
			if !got.Arrived.Equal(p.Arrived) || !got.Captured.Equal(p.Captured) || got.PTS != p.PTS {
				t.Errorf("%d asked: the times of the picture were not kept", tt.asked)
			}
			if shared := &got.Data[0] == &p.Data[0]; shared != (tt.width == 320) {
				t.Errorf("%d asked: shared %v", tt.asked, shared)
			}
			if p.Seq != 1 {
				t.Errorf("the camera's packet was numbered anew: %d", p.Seq)
			}
		})
	}
}

func TestLowerRateAloneSharesTheBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		reader := r.set.Subscribe(r.src, Spec{FPS: 5})
		defer reader.Close()
		got := 0
		for range 60 {
			p := r.write(32, 24)
			if q := r.next(reader); q != nil {
				got++
				if &q.Data[0] != &p.Data[0] {
					t.Error("the picture was copied")
				}
			}
			time.Sleep(time.Second / 15)
		}
		if got < 19 || got > 21 {
			t.Errorf("%d pictures in 4 s, want 20", got)
		}
		if st := r.set.Stats(); st.Pictures != 0 {
			t.Errorf("%d pictures were coded", st.Pictures)
		}
	})
}

func TestOnePictureIsMadeForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		var readers []*stream.Reader
		for _, spec := range []Spec{{160, 0}, {160, 0}, {150, 0}, {81, 0}, {160, 10}, {120, 10}} {
			reader := r.set.Subscribe(r.src, spec)
			defer reader.Close()
			readers = append(readers, reader)
		}
		for range 20 {
			r.write(320, 240)
			for i, reader := range readers {
				if p := r.next(reader); p == nil && i < 4 {
					t.Errorf("reader %d got nothing", i)
				} else if p != nil && p.Track.Width != 160 {
					t.Errorf("reader %d: %+v", i, p.Track)
				}
			}
			time.Sleep(50 * time.Millisecond)
		}
		if st := r.set.Stats(); st.Pictures != 20 || st.Running != 5 {
			t.Errorf("%+v, want 20 pictures for 5 copies", st)
		}
	})
}

// TestCopiesOfOneRateShare has copies of one rate that began at different times:
// they take the same pictures, which are made once.
func TestCopiesOfOneRateShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		a := r.set.Subscribe(r.src, Spec{160, 4})
		defer a.Close()
		var b *stream.Reader
		taken := 0
		for i := range 60 {
			if i == 7 {
				b = r.set.Subscribe(r.src, Spec{150, 4})
				defer b.Close()
			}
			r.write(320, 240)
			r.next(a)
			if b != nil && r.next(b) != nil {
				taken++
			}
			time.Sleep(50 * time.Millisecond)
		}
		if st := r.set.Stats(); st.Pictures > 13 || taken < 10 || taken > 12 {
			t.Errorf("%d pictures were made in 3 s, and one copy got %d; want 12 and 11", st.Pictures, taken)
		}
	})
}

// TestPaceOfOneCopyIsNotThatOfAnother has a fast and a slow copy of one scale.
func TestPaceOfOneCopyIsNotThatOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		fast, slow := r.set.Subscribe(r.src, Spec{160, 0}), r.set.Subscribe(r.src, Spec{160, 5})
		defer fast.Close()
		defer slow.Close()
		n := 0
		for range 40 {
			r.write(320, 240)
			r.next(fast)
			if r.next(slow) != nil {
				n++
			}
			time.Sleep(50 * time.Millisecond)
		}
		if n < 9 || n > 11 {
			t.Errorf("the slow copy got %d pictures in 2 s, want 10", n)
		}
	})
}

func TestNewCopyGetsThePictureThatIsMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		defer r.set.Subscribe(r.src, Spec{160, 0}).Close()
		r.write(320, 240)
		for _, width := range []int{150, 140, 130} {
			reader := r.set.Subscribe(r.src, Spec{width, 0})
			defer reader.Close()
			if r.next(reader) == nil {
				t.Error("a new copy begins without a picture")
			}
		}
		if st := r.set.Stats(); st.Pictures != 1 {
			t.Errorf("one picture was made %d times", st.Pictures)
		}
	})
}

// TestCopyNeverGoesBack writes what was made late.
func TestCopyNeverGoesBack(t *testing.T) {
	c := &copied{out: stream.New()}
	for _, seq := range []uint64{4, 6, 5, 6, 7} {
		c.write(&media.Packet{Seq: seq, PTS: time.Duration(seq), Key: true})
	}
	if p := c.out.Last(); p.PTS != 7 || p.Seq != 3 {
		t.Errorf("packet %d is picture %d, want the third and 7", p.Seq, p.PTS)
	}
}

func TestCopyIsDemandAndItsViewersCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		a := r.set.Subscribe(r.src, Spec{Width: 100})
		b := r.set.Subscribe(r.src, Spec{Width: 100})
		c := r.set.Subscribe(r.src, Spec{FPS: 1})
		if n, _ := r.src.Viewers(); n != 3 || r.src.Readers() != 1 {
			t.Errorf("%d viewers and %d readers, want 3 and 1", n, r.src.Readers())
		}
		a.Close()
		b.Close()
		c.Close()
		if n, _ := r.src.Viewers(); n != 0 {
			t.Errorf("%d viewers after all left", n)
		}
		time.Sleep(linger - time.Millisecond)
		synctest.Wait()
		if r.src.Readers() != 1 || r.set.Stats().Running != 2 {
			t.Error("the copies ended before their time")
		}
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		if r.src.Readers() != 0 || r.set.Stats().Running != 0 {
			t.Errorf("after the time: %d readers, %+v", r.src.Readers(), r.set.Stats())
		}
	})
}

func TestCopySurvivesAReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		reader := r.set.Subscribe(r.src, Spec{Width: 100})
		r.write(320, 240)
		r.next(reader)
		for range 5 {
			reader.Close()
			time.Sleep(linger - time.Millisecond)
			reader = r.set.Subscribe(r.src, Spec{Width: 100})
			if r.next(reader) == nil {
				t.Fatal("the newest picture is not there at once")
			}
		}
		reader.Close()
		if st := r.set.Stats(); st.Pictures != 1 {
			t.Errorf("the picture was made %d times", st.Pictures)
		}
	})
}

func TestSizeMayChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		reader := r.set.Subscribe(r.src, Spec{Width: 100})
		defer reader.Close()
		for _, size := range []struct{ w, h, want int }{{320, 240, 160}, {100, 60, 100}, {64, 48, 64}, {800, 600, 100}, {320, 240, 160}} {
			r.write(size.w, size.h)
			p := r.next(reader)
			if p == nil || p.Track.Width != size.want {
				t.Fatalf("of %d: %+v, want a width of %d", size.w, p, size.want)
			}
			grey(t, p)
		}
	})
}

func TestTrackStaysTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		reader := r.set.Subscribe(r.src, Spec{Width: 100})
		defer reader.Close()
		r.write(320, 240)
		first := r.next(reader).Track
		r.write(320, 240)
		if p := r.next(reader); p.Track != first {
			t.Error("a new track of the same size")
		}
	})
}

func TestCopyIsTurnedLikeThePicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		p := r.writeData(jpeg.AppendOriented(nil, picture(t, 320, 240, 1), 6), 320, 240)
		small, err := r.set.Picture(t.Context(), p, 100)
		if err != nil || jpeg.Orientation(small.Data) != 6 {
			t.Errorf("%v: orientation %d, want 6", err, jpeg.Orientation(small.Data))
		}
	})
}

func TestUndecodablePicturesAreCountedAndNotShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		reader := r.set.Subscribe(r.src, Spec{Width: 100})
		defer reader.Close()
		r.writeData([]byte("no picture"), 320, 240)
		r.writeData(picture(t, 320, 240, 9)[:200], 320, 240)
		if p := r.next(reader); p != nil {
			t.Errorf("a picture is shown: %+v", p.Track)
		}
		r.write(320, 240)
		if r.next(reader) == nil {
			t.Error("the good picture behind them is not shown")
		}
		if st := r.set.Stats(); st.Undecodable != 2 || st.Pictures != 1 {
			t.Errorf("%+v", st)
		}
		if _, err := r.set.Picture(t.Context(), r.writeData([]byte("no picture"), 320, 240), 100); err == nil {
			t.Error("a snapshot of no picture has no error")
		}
	})
}

// TestOverloadSkipsPictures takes all slots away while a camera gives pictures:
// when there is a slot, the newest is made, and none of those before.
func TestOverloadSkipsPictures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		small := r.set.Subscribe(r.src, Spec{Width: 100})
		defer small.Close()
		slow := r.set.Subscribe(r.src, Spec{FPS: 100})
		defer slow.Close()
		for range cap(r.set.slots) {
			r.set.acquire(t.Context())
		}
		for range 7 {
			r.write(320, 240)
			if r.next(slow) == nil {
				t.Error("a copy that needs no slot waits for one")
			}
			time.Sleep(time.Second / 10)
		}
		if r.next(small) != nil {
			t.Error("a picture was made without a slot")
		}
		for range cap(r.set.slots) {
			r.set.release()
		}
		p := r.next(small)
		if p == nil {
			t.Fatal("no picture when there is a slot")
		}
		if g := grey(t, p); g < 68 || g > 72 {
			t.Errorf("grey %d, want that of picture 7", g)
		}
		if st := r.set.Stats(); st.Pictures != 1 {
			t.Errorf("%d pictures were made", st.Pictures)
		}
	})
}

func TestCameraThatEndsEndsItsCopies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		reader := r.set.Subscribe(r.src, Spec{Width: 100})
		r.write(320, 240)
		r.next(reader)
		r.src.Close()
		if _, err := reader.Next(t.Context()); !errors.Is(err, stream.ErrClosed) {
			t.Errorf("got %v, want ErrClosed", err)
		}
		late := r.set.Subscribe(r.src, Spec{Width: 100})
		if _, err := late.Next(t.Context()); !errors.Is(err, stream.ErrClosed) {
			t.Errorf("late: got %v, want ErrClosed", err)
		}
		synctest.Wait()
		if st := r.set.Stats(); st.Running != 0 {
			t.Errorf("%+v", st)
		}
	})
}

func TestForgottenPicturesAreNotShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		first := r.set.Subscribe(r.src, Spec{Width: 100})
		defer first.Close()
		r.write(320, 240)
		r.next(first)
		r.src.Forget()
		for _, spec := range []Spec{{Width: 100}, {Width: 50}, {FPS: 1}} {
			reader := r.set.Subscribe(r.src, spec)
			defer reader.Close()
			if r.next(reader) != nil {
				t.Errorf("%+v: begins with a picture of before", spec)
			}
		}
	})
}

func TestSetCloseEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		reader := r.set.Subscribe(r.src, Spec{Width: 100})
		p := r.write(320, 240)
		r.next(reader)
		r.set.Close()
		r.set.Close()
		if _, err := reader.Next(t.Context()); !errors.Is(err, stream.ErrClosed) {
			t.Errorf("got %v, want ErrClosed", err)
		}
		if _, err := r.set.Subscribe(r.src, Spec{}).Next(t.Context()); !errors.Is(err, stream.ErrClosed) {
			t.Errorf("after Close: got %v, want ErrClosed", err)
		}
		if _, err := r.set.Picture(t.Context(), p, 100); !errors.Is(err, ErrClosed) {
			t.Errorf("picture after Close: got %v, want ErrClosed", err)
		}
		if r.src.Readers() != 0 {
			t.Error("the camera has a reader")
		}
	})
}

func TestPictureIsMadeOnceForAllWhoAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		p := r.write(320, 240)
		if got, err := r.set.Picture(t.Context(), p, 320); got != p || err != nil {
			t.Errorf("wide enough: %v, %v", got, err)
		}
		for range cap(r.set.slots) {
			r.set.acquire(t.Context())
		}
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := r.set.Picture(impatient, p, 100); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("without a slot: %v", err)
		}
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				got, err := r.set.Picture(t.Context(), p, 100)
				if err != nil || got.Track.Width != 160 || !got.Arrived.Equal(p.Arrived) {
					t.Errorf("got %+v, %v", got, err)
				}
			})
		}
		synctest.Wait()
		for range cap(r.set.slots) {
			r.set.release()
		}
		wg.Wait()
		if st := r.set.Stats(); st.Pictures != 1 {
			t.Errorf("%d pictures were made", st.Pictures)
		}
	})
}

// TestHammer lets readers of all kinds come and go while cameras give pictures
// of changing sizes, and end. It is for -race.
func TestHammer(t *testing.T) {
	set := New(slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	pictures := [][]byte{picture(t, 64, 48, 1), picture(t, 128, 96, 2), []byte("broken")}
	var wg sync.WaitGroup
	for range 3 {
		src := stream.New()
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				k := i / 10 % 3
				track := &media.Track{Codec: media.JPEG, Width: 64 << (k % 2), Height: 48 << (k % 2)}
				src.Write(&media.Packet{Track: track, Key: true, Arrived: time.Now(), Data: pictures[k]})
				time.Sleep(100 * time.Microsecond)
			}
			src.Close()
		})
		for i := range 6 {
			wg.Go(func() {
				for ctx.Err() == nil {
					reader := set.Subscribe(src, Spec{Width: []int{0, 16, 32, 64}[i%4], FPS: float64(i%2) * 500})
					var last uint64
					for range 20 {
						p, err := reader.Next(ctx)
						if err != nil {
							break
						}
						if p.Seq <= last {
							t.Errorf("picture %d after %d", p.Seq, last)
						}
						last = p.Seq
						set.Picture(ctx, p, 16)
					}
					reader.Close()
					src.Viewers()
				}
			})
		}
	}
	wg.Wait()
	set.Close()
	if st := set.Stats(); st.Pictures == 0 || st.Running != 0 {
		t.Errorf("%+v", st)
	}
}

func TestSubscribeFuncTellsOfEachPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		told := 0
		reader := r.set.SubscribeFunc(r.src, Spec{Width: 100}, func() { told++ })
		defer reader.Close()
		for range 3 {
			r.write(320, 240)
			r.next(reader)
		}
		r.src.Close()
		synctest.Wait()
		if told != 4 {
			t.Errorf("told %d times of 3 pictures and the end", told)
		}
	})
}
