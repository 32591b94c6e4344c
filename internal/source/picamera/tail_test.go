package picamera

import (
	"fmt"
	"strings"
	"testing"
)

func TestTail(t *testing.T) {
	tests := []struct {
		name   string
		writes []string
		want   string
	}{
		{"lines in pieces", []string{"on", "e\ntwo\r\n", "thr", "ee"}, "one\ntwo\nthree"},
		{"stamps", []string{"[0:19:06.419783286] [2746]  INFO Camera camera.cpp:839 Busy\n"}, "INFO Camera camera.cpp:839 Busy"},
		{"the same again", []string{"a\nb\nb\nb\nb\n"}, "a\nb"},
		{"blank lines", []string{"a\n\n  \nb\n"}, "a\nb"},
		{"not for people", []string{"a\x00b\x1b[31m\xff\u202ec\td\n"}, "ab[31mc d"},
		{"a long line", []string{strings.Repeat("x", 10*tailLine) + "\ny\n"}, strings.Repeat("x", tailLine) + "\ny"},
		{"an endless line", []string{strings.Repeat("x", tailLine-1), "yz", strings.Repeat("z", 1<<20)}, strings.Repeat("x", tailLine-1) + "y"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var tail tail
			for _, w := range test.writes {
				if n, err := tail.Write([]byte(w)); n != len(w) || err != nil {
					t.Fatal(n, err)
				}
			}
			if got := tail.text(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTailKeepsTheLastLines(t *testing.T) {
	var tail tail
	for i := range 100000 {
		fmt.Fprintf(&tail, "line %d\n", i)
	}
	lines := strings.Split(tail.text(), "\n")
	if len(lines) != tailLines || lines[0] != fmt.Sprintf("line %d", 100000-tailLines) || lines[tailLines-1] != "line 99999" {
		t.Errorf("got %q", lines)
	}
}
