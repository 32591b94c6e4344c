//go:build linux

package feedbench

import (
	"bytes"
	"image/jpeg"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestPictureIsAPicture(t *testing.T) {
	pic, want, err := newPicture(benchWidth, benchHeight)
	if err != nil {
		t.Fatal(err)
	}
	want.Epoch, want.Seq, want.Sent = 3, 4, 5
	want.put(pic)
	if got, err := readStamp(pic[:stampEnd]); err != nil || got != want {
		t.Errorf("stamp is %+v, %v, want %+v", got, err, want)
	}
	img, err := jpeg.Decode(bytes.NewReader(pic))
	if err != nil {
		t.Fatal(err)
	}
	if size := img.Bounds().Size(); size.X != benchWidth || size.Y != benchHeight {
		t.Errorf("picture has %v", size)
	}
	if len(pic) < 80<<10 || len(pic) > 130<<10 {
		t.Errorf("picture has %d bytes, want about 100 kB", len(pic))
	}
}

func TestCPUTimeIsTheProcesss(t *testing.T) {
	used := func() time.Duration {
		var ru syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &ru); err != nil {
			t.Fatal(err)
		}
		return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
	}
	const rounding = time.Microsecond
	before := used()
	got, err := cpuTime(os.Getpid())
	after := used()
	if err != nil || got < before-2*rounding || got > after+2*rounding {
		t.Errorf("cpuTime gives %v, %v, want %v to %v", got, err, before, after)
	}
	if n, err := rss(os.Getpid()); err != nil || n < 1<<20 {
		t.Errorf("rss gives %d, %v", n, err)
	}
	if _, err := cpuTime(1 << 28); err == nil {
		t.Error("a process that is not there has CPU time")
	}
	if _, err := rss(1 << 28); err == nil {
		t.Error("a process that is not there has memory")
	}
}

func TestMachineWorks(t *testing.T) {
	worked, all, err := busy()
	if err != nil || worked <= 0 || worked > all {
		t.Errorf("busy gives %d of %d, %v", worked, all, err)
	}
}

func TestQuantiles(t *testing.T) {
	hundred := make([]int32, 100)
	for i := range hundred {
		hundred[i] = int32(i + 1)
	}
	us := time.Microsecond
	tests := []struct {
		sorted []int32
		want   quantiles
	}{
		{nil, quantiles{}},
		{[]int32{7}, quantiles{1, 7 * us, 7 * us, 7 * us}},
		{[]int32{1, 2}, quantiles{2, 1 * us, 2 * us, 2 * us}},
		{hundred, quantiles{100, 50 * us, 99 * us, 100 * us}},
	}
	for _, tt := range tests {
		if got := quantilesOf(tt.sorted); got != tt.want {
			t.Errorf("%d values: got %+v, want %+v", len(tt.sorted), got, tt.want)
		}
	}
}

func TestSeries(t *testing.T) {
	tests := []struct {
		s    series
		want string
	}{
		{nil, "none"},
		{series{3}, "3.00 [3.00 to 3.00]"},
		{series{3, 1, 2}, "2.00 [1.00 to 3.00]"},
		{series{4, 1, 3, 2}, "2.50 [1.00 to 4.00]"},
	}
	for _, tt := range tests {
		in := slices.Clone(tt.s)
		if got := tt.s.String(); got != tt.want || !slices.Equal(in, tt.s) {
			t.Errorf("%v: got %s, want %s", in, got, tt.want)
		}
	}
}

func TestParseSockets(t *testing.T) {
	const twoLines = `ESTAB      0      65483        127.0.0.1:8080      127.0.0.1:40000
	 skmem:(r1,rb131072,t20,tb2626560,f300,w4000,o0,bl0,d0)
FIN-WAIT-1 0      0            127.0.0.1:40000     127.0.0.1:8080
	 skmem:(r65000,rb131072,t0,tb2626560,f536,w0,o0,bl0,d0)
`
	oneLine := strings.ReplaceAll(twoLines, "\n\t", "")
	want := []socket{{"ESTAB", 8080, 40000, 4321}, {"FIN-WAIT-1", 40000, 8080, 65536}}
	for _, in := range []string{twoLines, oneLine} {
		got, err := parseSockets(in)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	for _, bad := range []string{
		strings.Replace(twoLines, ":8080", ":x", 1),
		strings.Replace(twoLines, "t20,", "", 1),
		strings.Replace(twoLines, "w4000", "w", 1),
		strings.ReplaceAll(twoLines, ")", ""),
	} {
		if got, err := parseSockets(bad); err == nil {
			t.Errorf("%q gives %+v", bad, got)
		}
	}
	hub, own := splitEnds(want, 8080, map[int]bool{40000: true})
	if hub != (held{1, 1, 4321}) || own != (held{0, 1, 65536}) {
		t.Errorf("ends are %+v and %+v", hub, own)
	}
	if hub, own := splitEnds(want, 8080, nil); hub.Left+own.Left != 0 {
		t.Errorf("others' sockets are counted: %+v and %+v", hub, own)
	}
}
