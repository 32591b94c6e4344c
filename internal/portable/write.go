package portable

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"camhub/internal/camera"
	"camhub/internal/redact"
	"camhub/internal/retention"
	"camhub/internal/seal"
	"camhub/internal/source"
)

// State is what a hub has.
type State struct {
	Cameras  []camera.Definition // in wall order
	Settings retention.Settings
	// Blind says that the hub does not show secrets: in place of each that is there
	// stands Unknown.
	Blind bool
}

// Unknown stands for a secret that is there and that the hub does not tell.
const Unknown = "(unknown)"

// head is the first line of a file.
const head = `# Cameras of camhub in wall order, for "camhub import". A secret that is left out stays as it is.` + "\n"

// Write returns the file of a state. Without secrets it holds none, and missing says
// which cameras have some ("front-door: password"). With secrets those are missing that
// no key has opened.
func Write(s *State, kinds source.Kinds, secrets bool) (file []byte, missing []string, err error) {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range s.Cameras {
		d := &s.Cameras[i]
		names := secretsOf(d.Source, kinds)
		if secrets {
			names = lockedOf(d.Source)
		}
		if len(names) > 0 {
			missing = append(missing, string(d.ID)+": "+strings.Join(names, ", "))
		}
		item, err := entry(d, kinds, secrets)
		if err != nil {
			return nil, nil, fmt.Errorf("write camera %q: %w", d.ID, err)
		}
		list.Content = append(list.Content, item)
	}
	recordings, err := object(s.Settings)
	if err != nil {
		return nil, nil, err
	}
	root := fields(
		"camhub", number(fmt.Sprint(Version)),
		"settings", fields("recordings", recordings),
		"cameras", list,
	)
	var b bytes.Buffer
	b.WriteString(head)
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return nil, nil, fmt.Errorf("write the file: %w", err)
	}
	return b.Bytes(), missing, enc.Close()
}

// entry returns one camera: what a person looks for first comes first.
func entry(d *camera.Definition, kinds source.Kinds, secrets bool) (*yaml.Node, error) {
	options, err := optionsOf(d.Source, kinds, secrets)
	if err != nil {
		return nil, err
	}
	record, err := object(d.Record)
	if err != nil {
		return nil, err
	}
	src := fields("kind", text(d.Source.Kind))
	for _, name := range slices.Sorted(maps.Keys(options)) {
		src.Content = append(src.Content, text(name), node(options[name]))
	}
	n := fields("id", text(string(d.ID)), "name", text(d.Name))
	if d.Group != "" {
		n.Content = append(n.Content, text("group"), text(d.Group))
	}
	n.Content = append(n.Content, fields(
		"enabled", node(d.Enabled), "mode", text(string(d.Mode)), "idle_timeout", text(d.IdleTimeout.String()),
		"source", src, "record", record,
	).Content...)
	return n, nil
}

// optionsOf returns the options of a source, with the secrets that are known as a whole,
// or without any.
func optionsOf(s camera.Source, kinds source.Kinds, secrets bool) (map[string]any, error) {
	options := make(map[string]any)
	dec := json.NewDecoder(bytes.NewReader(s.Options))
	dec.UseNumber()
	if err := dec.Decode(&options); err != nil {
		return nil, fmt.Errorf("read its source: %w", err)
	}
	for _, name := range lockedOf(s) {
		delete(options, name)
	}
	kind, known := kinds.Lookup(s.Kind)
	for name, v := range options {
		isSecret := !known || slices.Contains(kind.Secrets, name) // of an unknown kind, any may be one
		if isSecret && (!secrets || empty(v)) {
			delete(options, name)
		}
	}
	return options, nil
}

// secretsOf names the secrets that a source has.
func secretsOf(s camera.Source, kinds source.Kinds) (names []string) {
	var options map[string]any
	if json.Unmarshal(s.Options, &options) != nil {
		return nil
	}
	kind, known := kinds.Lookup(s.Kind)
	for name, v := range options {
		if (!known || slices.Contains(kind.Secrets, name)) && !empty(v) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// lockedOf names the secrets of a source that no key has opened, or not all of them.
func lockedOf(s camera.Source) (names []string) {
	for field := range seal.Locked(s.Options) {
		name, _, _ := strings.Cut(strings.TrimPrefix(field, "/"), "/")
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// empty reports whether a secret says nothing.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// object returns a struct as its JSON tags name it, in the order of its fields.
func object(v any) (*yaml.Node, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	n := &yaml.Node{Kind: yaml.MappingNode}
	for first := true; ; first = false {
		token, err := dec.Token()
		if err != nil {
			return nil, err
		}
		if token == json.Delim('}') {
			return n, nil
		}
		if first {
			continue // the brace
		}
		var value any
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		if value != "" { // an empty text says what its absence does
			n.Content = append(n.Content, text(fmt.Sprint(token)), node(value))
		}
	}
}

// fields returns an object of names and values in turn.
func fields(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i < len(pairs); i += 2 {
		n.Content = append(n.Content, text(pairs[i].(string)), pairs[i+1].(*yaml.Node))
	}
	return n
}

// node returns a value of JSON.
func node(v any) *yaml.Node {
	switch v := v.(type) {
	case string:
		return text(v)
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			n.Content = append(n.Content, text(name), node(v[name]))
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range v {
			n.Content = append(n.Content, node(item))
		}
		return n
	case nil:
		return number("null")
	}
	return number(fmt.Sprint(v)) // a json.Number or a bool
}

// number returns what means itself without quotes.
func number(literal string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: literal} }

// text returns a text, which is quoted if it would mean something else without, or if
// not all of it can be seen.
func text(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if otherwise[strings.ToLower(s)] || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// otherwise are the texts that some readers of YAML, or all of its version 1.1, take for
// a boolean or a key of their own.
var otherwise = map[string]bool{"y": true, "n": true, "yes": true, "no": true, "on": true, "off": true, "<<": true, "=": true}

// Shareable returns a state that may be given to strangers who help: without secrets,
// user names and what addresses may hide.
func Shareable(s *State, kinds source.Kinds) (*State, error) {
	out := *s
	out.Cameras = slices.Clone(s.Cameras)
	for i := range out.Cameras {
		d := &out.Cameras[i]
		options, err := optionsOf(d.Source, kinds, false)
		if err != nil {
			return nil, fmt.Errorf("camera %q: %w", d.ID, err)
		}
		for name, v := range options {
			if text, ok := v.(string); ok && text != "" {
				options[name] = redact.Value(text)
				if name == "username" {
					options[name] = redact.Hidden
				}
			}
		}
		if d.Source.Options, err = json.Marshal(options); err != nil {
			return nil, err
		}
	}
	return &out, nil
}
