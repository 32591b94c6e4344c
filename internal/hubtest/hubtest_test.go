package hubtest

import (
	"strings"
	"testing"
)

const listening = `{"time":"2026-01-02T15:04:05Z","level":"INFO","msg":"listening","url":"http://127.0.0.1:8080"}` + "\n"

func TestLogTellsTheURL(t *testing.T) {
	tests := []struct {
		name, want string
		writes     []string
	}{
		{"one line", "http://127.0.0.1:8080", []string{listening}},
		{"in pieces", "http://127.0.0.1:8080", []string{`{"msg":"x"}` + "\n" + listening[:20], listening[20:50], listening[50:]}},
		{"several", "http://127.0.0.1:8080", []string{listening + listening, listening}},
		{"another message", "", []string{`{"msg":"stopped listening","url":"http://127.0.0.1:8080"}` + "\n"}},
		{"not JSON", "", []string{"listening http://127.0.0.1:8080\n"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := &log{url: make(chan string, 1)}
			for _, w := range test.writes {
				if n, err := l.Write([]byte(w)); n != len(w) || err != nil {
					t.Fatal(n, err)
				}
			}
			got := ""
			select {
			case got = <-l.url:
			default:
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if text := strings.Join(test.writes, ""); l.text() != text {
				t.Errorf("kept %q of %q", l.text(), text)
			}
		})
	}
}

func TestLogKeepsItsEnd(t *testing.T) {
	l := &log{url: make(chan string, 1)}
	for range 2 * maxLog / 1000 {
		_, _ = l.Write([]byte(strings.Repeat("x", 1000)))
	}
	_, _ = l.Write([]byte("the end"))
	if text := l.text(); len(text) > maxLog || !strings.HasSuffix(text, "the end") {
		t.Errorf("it keeps %d bytes", len(text))
	}
}
