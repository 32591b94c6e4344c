package yamldoc

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"empty", "", "null"},
		{"comment", "# nothing\n", "null"},
		{"kinds", "a: text\nb: 1\nc: 1.5\nd: true\ne: null\nf: '1'\ng: [x, 2]\nh: {i: j}\n",
			`{"a":"text","b":1,"c":1.5,"d":true,"e":null,"f":"1","g":["x",2],"h":{"i":"j"}}`},
		{"not booleans", "a: yes\nb: off\n", `{"a":"yes","b":"off"}`},
		{"time is text", "a: 2026-01-02\n", `{"a":"2026-01-02"}`},
		{"url", "a: http://h/x?a=1&b=<2>#c\n", `{"a":"http://h/x?a=1&b=<2>#c"}`},
		{"alias", "a: &x {b: 1}\nc: *x\n", `{"a":{"b":1},"c":{"b":1}}`},
		{"hexadecimal", "a: 0x10\n", `{"a":16}`},
		{"json is yaml", `{"a": ["b", null]}`, `{"a":["b",null]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := Parse([]byte(tt.in))
			if err != nil || string(d.JSON) != tt.want {
				t.Errorf("got %v, %v\nwant %s", d, err, tt.want)
			}
		})
	}
}

// laughs is a document of nine levels of nine aliases each.
func laughs() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [lol]\n")
	for i := 1; i <= 9; i++ {
		n, m := string(rune('0'+i)), string(rune('0'+i-1))
		b.WriteString("a" + n + ": &a" + n + " [" + strings.Repeat("*a"+m+", ", 8) + "*a" + m + "]\n")
	}
	return b.String()
}

func TestRefused(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"syntax", "a: b\n  c: d\n", "line 2"},
		{"tab", "a:\n\tb: c\n", "line 2"},
		{"twice", "a: 1\nb: 2\na: 3\n", `line 3: the key "a" is given twice`},
		{"merge", "a: &x {b: 1}\nc:\n  <<: *x\n", "line 3: merge keys"},
		{"second document", "a: 1\n---\nb: 2\n", "second document"},
		{"binary", "a: !!binary aGk=\n", "line 1: values of the type"},
		{"own tag", "a: !run ls\n", "line 1: values of the type !run"},
		{"infinite", "a:\n  - .inf\n", "line 2: is not a finite number"},
		{"key", "? [a, b]\n: c\n", "a key must be a text"},
		{"large", "a: " + strings.Repeat("x", MaxBytes), "more than 4194304 bytes"},
		{"laughs", laughs(), "with what its aliases stand for"},
		{"itself", "a: &a [*a]\n", "levels"},
		{"deep", "a: " + strings.Repeat("[", 500) + strings.Repeat("]", 500), "levels"},
		{"very deep", strings.Repeat("[", 1_000_000), "levels"},
		{"dashes", strings.Repeat("- ", 1_000_000), "levels"},
		{"unknown anchor", "a: *b\n", "unknown anchor"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := Parse([]byte(tt.in))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, %v\nwant %q", d, err, tt.want)
			}
		})
	}
}

func TestLine(t *testing.T) {
	d, err := Parse([]byte("# a file\ncameras:\n  - id: a\n    source:\n      kind: x\n      a/b: 1\n\n  - id: b\n"))
	if err != nil {
		t.Fatal(err)
	}
	for pointer, want := range map[string]int{
		"": 2, "/cameras": 2, "/cameras/0": 3, "/cameras/0/source/kind": 5, "/cameras/0/source/a~1b": 6,
		"/cameras/1/id": 8, "/cameras/1/name": 8, "/nothing": 2,
	} {
		if got := d.Line(pointer); got != want {
			t.Errorf("%s: line %d, want %d", pointer, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a: [1, {b: c}]\n", laughs(), "a: &a [*a]\n", "? [a]\n: b\n", "- - - a\n", "a: !!int '1'\n", "%YAML 1.1\n---\na: |\n  b\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Parse(b)
		if err != nil {
			return
		}
		if !json.Valid(d.JSON) {
			t.Errorf("%q became %q", b, d.JSON)
		}
		if d.Line("/a") < 0 {
			t.Error("a line below 0")
		}
	})
}
