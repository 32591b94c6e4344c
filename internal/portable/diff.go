package portable

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"camhub/internal/camera"
	"camhub/internal/redact"
	"camhub/internal/retention"
	"camhub/internal/source"
)

// Change is one field that changes, as it may be shown: secrets are hidden in it.
type Change struct {
	Field    string `json:"field"` // "source.url"
	Old, New string // as JSON, or a word in brackets
}

// field is the value of a field, and how it may be shown.
type field struct{ value, shown string }

// What is shown in place of values.
const (
	none     = "(none)"
	hidden   = "(hidden)"
	another  = "(another, hidden)"
	asBefore = " (another in what is hidden)"
)

// flat returns the fields of a definition by name.
func flat(d *camera.Definition, kinds source.Kinds) map[string]field {
	shown := *d
	shown.Revision, shown.Source = 0, camera.Source{Kind: d.Source.Kind, Options: json.RawMessage("{}")}
	out := make(map[string]field)
	put(out, "", shown, false)
	for _, name := range []string{"revision", "created_at", "updated_at"} {
		delete(out, name)
	}
	kind, known := kinds.Lookup(d.Source.Kind)
	var options map[string]any
	if json.Unmarshal(d.Source.Options, &options) == nil {
		for name, v := range options {
			secret := !known || slices.Contains(kind.Secrets, name)
			if secret && empty(v) {
				continue
			}
			walk(out, "source."+name, v, secret)
		}
	}
	return out
}

// flatSettings returns the fields of the settings by name.
func flatSettings(s retention.Settings) map[string]field {
	out := make(map[string]field)
	put(out, "recordings.", s, false)
	return out
}

// put adds the fields of a struct.
func put(out map[string]field, prefix string, v any, secret bool) {
	b, err := json.Marshal(v)
	var all map[string]any
	if err != nil || json.Unmarshal(b, &all) != nil {
		return // definitions and settings always marshal
	}
	for name, v := range all {
		walk(out, prefix+name, v, secret)
	}
}

// walk adds a value; of an object each of its fields.
func walk(out map[string]field, name string, v any, secret bool) {
	if object, ok := v.(map[string]any); ok {
		for key, inner := range object {
			walk(out, name+"."+key, inner, secret)
		}
		return
	}
	b, err := json.Marshal(v)
	if err != nil {
		return
	}
	f := field{value: string(b), shown: string(b)}
	switch text, isText := v.(string); {
	case secret:
		f.shown = hidden
	case isText:
		f.shown = quote(redact.Value(text))
	}
	out[name] = f
}

// quote writes a text so that it stays on its line and shows what it holds.
func quote(s string) string { return strings.ReplaceAll(fmt.Sprintf("%q", s), `\u0026`, "&") }

// differences lists the fields that are not the same, in order.
func differences(before, after map[string]field) []Change {
	names := maps.Clone(before)
	maps.Copy(names, after)
	var out []Change
	for _, name := range slices.Sorted(maps.Keys(names)) {
		old, had := before[name]
		next, has := after[name]
		if had == has && old.value == next.value {
			continue
		}
		c := Change{Field: name, Old: none, New: none}
		if had {
			c.Old = old.shown
		}
		if has {
			c.New = next.shown
		}
		if had && has && c.Old == c.New {
			c.New = c.Old + asBefore
			if c.Old == hidden {
				c.New = another
			}
		}
		out = append(out, c)
	}
	return out
}

// flatSource returns the options of a source by name. Nothing but the addresses in it
// is hidden.
func flatSource(s camera.Source) map[string]field {
	out := make(map[string]field)
	put(out, "source.", s.Options, false)
	return out
}
