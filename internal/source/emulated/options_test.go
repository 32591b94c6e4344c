package emulated

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"camhub/internal/fault"
)

func TestOptionsWithDefaults(t *testing.T) {
	tests := []struct{ options, want string }{
		{``, `{"pattern":"clock","width":1280,"height":720,"fps":10,"folder":""}`},
		{`{}`, `{"pattern":"clock","width":1280,"height":720,"fps":10,"folder":""}`},
		{`{"width":16,"height":1080,"fps":0.5}`, `{"pattern":"clock","width":16,"height":1080,"fps":0.5,"folder":""}`},
		{`{"pattern":"slides"}`, `{"pattern":"slides","width":1280,"height":720,"fps":1,"folder":""}`},
		{`{"fps":10,"pattern":"slides","folder":"a/b c.d"}`, `{"pattern":"slides","width":1280,"height":720,"fps":10,"folder":"a/b c.d"}`},
		{`{"pattern":"slides","folder":"."}`, `{"pattern":"slides","width":1280,"height":720,"fps":1,"folder":"."}`},
		{Kind.Example, `{"pattern":"clock","width":1280,"height":720,"fps":10,"folder":""}`},
	}
	for _, test := range tests {
		c, errs := Kind.Parse(json.RawMessage(test.options))
		if errs.ErrorOrNil() != nil {
			t.Errorf("%s: %v", test.options, errs)
			continue
		}
		got, err := json.Marshal(c)
		must(t, err)
		if string(got) != test.want {
			t.Errorf("%s became %s, want %s", test.options, got, test.want)
		}
		if c, errs := Kind.Parse(got); c == nil || errs.ErrorOrNil() != nil {
			t.Errorf("%s is refused: %v", got, errs)
		}
	}
}

func TestOptionFaults(t *testing.T) {
	folder := func(name string) string {
		b, err := json.Marshal(map[string]string{"pattern": "slides", "folder": name})
		must(t, err)
		return string(b)
	}
	tests := []struct {
		options string
		want    string // pointers
	}{
		{`[]`, "/source"},
		{`{"colour":1}`, "/source/colour"},
		{`{"pattern":"bars"}`, "/source/pattern"},
		{`{"pattern":""}`, "/source/pattern"},
		{`{"pattern":null}`, "/source/pattern"},
		{`{"width":15,"height":15}`, "/source/width /source/height"},
		{`{"width":1921,"height":1081}`, "/source/width /source/height"},
		{`{"width":640.5}`, "/source/width"},
		{`{"fps":0.49}`, "/source/fps"},
		{`{"fps":60.1}`, "/source/fps"},
		{`{"fps":"10"}`, "/source/fps"},
		{`{"pattern":"slides","fps":0}`, "/source/fps"},
		{`{"pattern":1,"width":0,"height":-1,"fps":1000,"folder":"..","x":0}`,
			"/source/pattern /source/x /source/width /source/height /source/fps /source/folder"},
		{folder(".."), "/source/folder"},
		{folder("../other"), "/source/folder"},
		{folder("a/../../b"), "/source/folder"},
		{folder("a/.."), "/source/folder"},
		{folder("./a"), "/source/folder"},
		{folder("/etc"), "/source/folder"},
		{folder("a/"), "/source/folder"},
		{folder("a//b"), "/source/folder"},
		{folder(`a\b`), "/source/folder"},
		{folder(`..\b`), "/source/folder"},
		{folder("a\x00b"), "/source/folder"},
		{folder("a\nb"), "/source/folder"},
		{folder("a\u0085b"), "/source/folder"},
		{folder(strings.Repeat("a", 256)), "/source/folder"},
	}
	for _, test := range tests {
		c, errs := Kind.Parse(json.RawMessage(test.options))
		var got []string
		for _, f := range fault.Fields(errs.ErrorOrNil()) {
			got = append(got, f.Pointer)
		}
		if want := strings.Fields(test.want); !slices.Equal(got, want) || c != nil {
			t.Errorf("%s: faults at %v, want %v", test.options, got, want)
		}
	}
}
