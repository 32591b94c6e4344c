package httpcam

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"camhub/internal/media"
	"camhub/internal/rawpeer"
	"camhub/internal/upstream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sink keeps what a source finds, and ends the attempt after enough pictures.
type sink struct {
	enough  int
	stop    context.CancelFunc
	packets []*media.Packet
	quirks  []string
}

func (s *sink) Write(p *media.Packet) {
	if s.packets = append(s.packets, p); len(s.packets) == s.enough {
		s.stop()
	}
}
func (s *sink) Received(int) {}
func (s *sink) Quirk(name string) {
	if !slices.Contains(s.quirks, name) {
		s.quirks = append(s.quirks, name)
	}
}

// options returns checked options for an address.
func options(t *testing.T, url string, change func(*upstream.Options)) upstream.Options {
	t.Helper()
	o := upstream.Defaults()
	o.URL = url
	if change != nil {
		change(&o)
	}
	if errs := o.Check("", nil); errs.ErrorOrNil() != nil {
		t.Fatal(errs)
	}
	return o
}

// read makes one attempt until there are enough pictures.
func read(t *testing.T, enough int, r *Reader) (*sink, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	out := &sink{enough: enough, stop: cancel}
	err := r.Run(ctx, out)
	return out, err
}

// streamer is a camera that sends pictures until nobody takes them, each with
// its number in a comment so that no two are alike.
func streamer(t *testing.T) *rawpeer.Peer {
	pics := []string{rawpeer.Picture(t, "420"), rawpeer.Picture(t, "422")}
	return rawpeer.New(t, func(c *rawpeer.Conn, _ string) {
		c.Say("%s", rawpeer.Multipart)
		for i := 0; ; i++ {
			text := strconv.Itoa(10000 + i)
			pic := strings.Replace(pics[i%2], "\xff\xd8", "\xff\xd8\xff\xfe\x00\x07"+text, 1)
			if _, err := c.Write([]byte(rawpeer.Parts(pic))); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
}
