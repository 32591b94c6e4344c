package httpcam

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"camhub/internal/rawpeer"
	"camhub/internal/upstream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
