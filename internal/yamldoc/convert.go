package yamldoc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// converter writes a tree as JSON, within the limits.
type converter struct {
	out   bytes.Buffer
	lines map[string]int
	count int
}

// value writes what is at a pointer. An alias costs what it stands for each time.
func (c *converter) value(n *yaml.Node, pointer string, depth int) error {
	bad := func(format string, args ...any) error {
		return &Error{n.Line, fmt.Sprintf(format, args...)}
	}
	if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		return c.value(n.Content[0], pointer, depth)
	}
	c.count++
	switch {
	case depth > maxDepth:
		return bad("has more than %d levels", maxDepth)
	case c.count > maxValues:
		return bad("has more than %d values, with what its aliases stand for", maxValues)
	case c.out.Len() > maxText:
		return bad("has more than %d bytes, with what its aliases stand for", maxText)
	}
	if _, seen := c.lines[pointer]; !seen {
		c.lines[pointer] = n.Line
	}
	switch n.Kind {
	case yaml.AliasNode:
		return c.value(n.Alias, pointer, depth+1)
	case yaml.MappingNode:
		return c.object(n, pointer, depth)
	case yaml.SequenceNode:
		return c.list(n, pointer, depth)
	case yaml.ScalarNode:
		text, detail := scalar(n)
		if detail != "" {
			return bad("%s", detail)
		}
		c.out.Write(text)
		return nil
	}
	return bad("can't be read")
}

func (c *converter) object(n *yaml.Node, pointer string, depth int) error {
	c.out.WriteByte('{')
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case key.Kind != yaml.ScalarNode:
			return &Error{key.Line, "a key must be a text"}
		case key.Tag == "!!merge":
			return &Error{key.Line, "merge keys (<<) are not read; write the fields out"}
		case seen[key.Value]:
			return &Error{key.Line, fmt.Sprintf("the key %.100q is given twice", key.Value)}
		}
		seen[key.Value] = true
		name, err := json.Marshal(key.Value)
		if err != nil {
			return &Error{key.Line, err.Error()}
		}
		if i > 0 {
			c.out.WriteByte(',')
		}
		c.out.Write(name)
		c.out.WriteByte(':')
		at := pointer + "/" + token(key.Value)
		c.lines[at] = key.Line
		if err := c.value(n.Content[i+1], at, depth+1); err != nil {
			return err
		}
	}
	c.out.WriteByte('}')
	return nil
}

func (c *converter) list(n *yaml.Node, pointer string, depth int) error {
	c.out.WriteByte('[')
	for i, item := range n.Content {
		if i > 0 {
			c.out.WriteByte(',')
		}
		if err := c.value(item, pointer+"/"+strconv.Itoa(i), depth+1); err != nil {
			return err
		}
	}
	c.out.WriteByte(']')
	return nil
}

// token writes a key as one token of a JSON pointer (RFC 6901).
func token(key string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(key) }

// scalar returns a single value as JSON, or what is wrong with it. A time is the
// text that it is written as.
func scalar(n *yaml.Node) (text []byte, detail string) {
	var v any
	switch n.ShortTag() {
	case "!!str", "!!timestamp":
		v = n.Value
	case "!!null":
	case "!!bool", "!!int", "!!float":
		if err := n.Decode(&v); err != nil {
			return nil, fmt.Sprintf("the value %.100q can't be read", n.Value)
		}
	default:
		return nil, fmt.Sprintf("values of the type %.100s are not read", n.Tag)
	}
	if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
		return nil, "is not a finite number"
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Sprintf("the value %.100q can't be read", n.Value)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), ""
}
