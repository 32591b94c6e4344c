//go:build linux

package feedbench

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// pictures builds a feed of small pictures from pairs of epoch and number.
func pictures(t testing.TB, numbers ...[2]uint64) []byte {
	t.Helper()
	pic, st, err := newPicture(16, 16)
	if err != nil {
		t.Fatal(err)
	}
	b := []byte(feedHead)
	for _, n := range numbers {
		st.Epoch, st.Seq, st.Sent = n[0], n[1], int64(n[1])
		st.put(pic)
		b = append(b, partHead(len(pic), time.UnixMicro(1))...)
		b = append(append(b, pic...), partTail...)
	}
	return b
}

// readAll gives a new viewer the feed in pieces of step bytes.
func readAll(b []byte, step int) (*viewer, error) {
	v := new(viewer)
	for at := int64(1); len(b) > 0; at++ {
		n := min(step, len(b))
		if err := v.feed(b[:n], at, func(stamp, stamp) {}); err != nil {
			return v, err
		}
		b = b[n:]
	}
	return v, nil
}

func TestViewerCountsPictures(t *testing.T) {
	ok := pictures(t, [2]uint64{1, 5}, [2]uint64{1, 6})
	tests := []struct {
		name string
		feed []byte
		want counts
	}{
		{"first number is free", ok, counts{Received: 2}},
		{"a hole is a loss", pictures(t, [2]uint64{1, 1}, [2]uint64{1, 2}, [2]uint64{1, 5}, [2]uint64{1, 7}), counts{Received: 4, Lost: 3}},
		{"a new run counts anew", pictures(t, [2]uint64{1, 8}, [2]uint64{2, 1}, [2]uint64{2, 2}), counts{Received: 3, Restarts: 1}},
		{"half a picture is none", ok[:len(ok)-len(partTail)-1], counts{Received: 1}},
		{"it ends", append(bytes.TrimSuffix(ok, []byte("\r\n")), "--\r\nmore"...), counts{Received: 2}},
		{"headers in other words", bytes.ReplaceAll(ok, []byte("Content-Length: "), []byte("X-A: 1\r\ncontent-length:")), counts{Received: 2}},
	}
	for _, tt := range tests {
		for _, step := range []int{1, 2, 3, 7, 100, 1 << 20} {
			v, err := readAll(tt.feed, step)
			tt.want.Bytes = int64(len(tt.feed))
			if err != nil || v.counts != tt.want {
				t.Errorf("%s, in steps of %d: got %+v, %v, want %+v", tt.name, step, v.counts, err, tt.want)
			}
		}
	}
}

func TestViewerRefuses(t *testing.T) {
	ok := string(pictures(t, [2]uint64{1, 1}, [2]uint64{1, 2}))
	tests := []struct{ name, old, new, want string }{
		{"another status", "200 OK", "404 Not Found", "404"},
		{"chunks", "Connection: close", "Transfer-Encoding: chunked", "chunked"},
		{"no length", "Content-Length", "X-Length", "no Content-Length"},
		{"a huge length", "Content-Length: ", "Content-Length: 9999999", "9999999"},
		{"no number", "Content-Length: ", "Content-Length: x", `"x`},
		{"an endless header", "X-Timestamp", strings.Repeat("X", maxHead), "more than"},
		{"no stamp", stampMagic, strings.ToUpper(stampMagic), errNotOurs.Error()},
		{"changed bytes", "\xff\xda", "\xff\xdb", errBadBytes.Error()},
	}
	for _, tt := range tests {
		for _, step := range []int{1, 100, 1 << 20} {
			_, err := readAll([]byte(strings.Replace(ok, tt.old, tt.new, 1)), step)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s, in steps of %d: got %v, want %q", tt.name, step, err, tt.want)
			}
		}
	}
	for _, n := range [][2]uint64{{1, 4}, {1, 5}} {
		if _, err := readAll(pictures(t, [2]uint64{1, 5}, n), 100); err == nil {
			t.Errorf("number %d after 5 is taken", n[1])
		}
	}
}

func TestViewerTellsTheTime(t *testing.T) {
	v := new(viewer)
	var got []string
	for i, b := range [][]byte{pictures(t, [2]uint64{1, 5}), pictures(t, [2]uint64{1, 6})[len(feedHead):], pictures(t, [2]uint64{2, 1})[len(feedHead):]} {
		if err := v.feed(b, int64(100*(i+1)), func(s, before stamp) {
			got = append(got, fmt.Sprint(s.Sent, " after ", before.Sent))
		}); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint("fresh at ", v.freshAt))
	}
	const want = "[5 after 0 fresh at 100 6 after 5 fresh at 100 1 after 6 fresh at 300]"
	if fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// FuzzViewer proves that a feed means the same in whatever pieces it comes.
func FuzzViewer(f *testing.F) {
	feed := pictures(f, [2]uint64{1, 5}, [2]uint64{1, 9}, [2]uint64{2, 1})
	f.Add(feed, 10)
	f.Add([]byte(feedHead+"\r\n\r\n\r\n--frame--"), 1)
	f.Fuzz(func(t *testing.T, feed []byte, step int) {
		if step < 1 || len(feed) > 64<<10 {
			return
		}
		whole, err1 := readAll(feed, len(feed)+1)
		parts, err2 := readAll(feed, step)
		if (err1 == nil) != (err2 == nil) {
			t.Fatalf("whole: %v, in parts of %d: %v", err1, step, err2)
		}
		if err1 == nil && whole.counts != parts.counts {
			t.Fatalf("whole: %+v, in parts of %d: %+v", whole.counts, step, parts.counts)
		}
	})
}
