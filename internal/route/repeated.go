package route

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// level is one object or list around a place in JSON.
type level struct {
	keys map[string]bool // of an object, nil for a list
	key  string          // the last one, and whether its value is still to come
	due  bool
	next int // index in a list
}

// repeated returns a JSON pointer (RFC 6901) to the first key of b, which is valid
// JSON, that its object has already. Programs do not agree on which of the two
// counts (RFC 8259, section 4): one that checks a body may see another body than
// one that acts on it.
func repeated(b []byte) (pointer string, found bool) {
	var levels []level
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber() // any number is one
	for {
		token, err := d.Token()
		if err != nil {
			return "", false // the end
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			levels = levels[:len(levels)-1]
			continue
		}
		if len(levels) > 0 {
			top := &levels[len(levels)-1]
			if top.keys != nil && !top.due {
				top.key, _ = token.(string)
				if top.keys[top.key] {
					return pointerTo(levels), true
				}
				top.keys[top.key], top.due = true, true
				continue
			}
			top.due = false
			top.next++
		}
		switch token {
		case json.Delim('{'):
			levels = append(levels, level{keys: make(map[string]bool)})
		case json.Delim('['):
			levels = append(levels, level{})
		}
	}
}

func pointerTo(levels []level) string {
	var p strings.Builder
	for _, l := range levels {
		p.WriteByte('/')
		if l.keys == nil {
			p.WriteString(strconv.Itoa(l.next - 1))
		} else {
			p.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(l.key))
		}
	}
	return p.String()
}
