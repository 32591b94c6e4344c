package source

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/seal"
)

// setSuffix ends the name of the read-only option that stands for a secret.
const setSuffix = "_set"

// Normalize checks s and returns it with every default filled in, so that
// sources that mean the same have equal bytes.
func (ks Kinds) Normalize(s camera.Source) (camera.Source, *multierror.Error) {
	config, errs := ks.Parse(s)
	if errs.ErrorOrNil() != nil {
		return s, errs
	}
	options, err := json.Marshal(config)
	if err != nil {
		return s, multierror.Append(errs, err)
	}
	return camera.Source{Kind: s.Kind, Options: sorted(options)}, nil
}

// Redact returns s as it may be shown: in place of a secret stands
// "<name>_set": true or false, or the list of its keys when it is an object. Of
// a kind that this program does not know, any option may be one.
func (ks Kinds) Redact(s camera.Source) camera.Source {
	k, ok := ks.Lookup(s.Kind)
	if !ok {
		return camera.Source{Kind: s.Kind, Options: json.RawMessage("{}")}
	}
	return edit(s, func(options map[string]json.RawMessage) {
		for _, name := range k.Secrets {
			options[name+setSuffix] = summary(options[name])
			delete(options, name)
		}
	})
}

// Strip returns s without the secrets that sources of the kind named next don't
// have.
func (ks Kinds) Strip(s camera.Source, next string) camera.Source {
	k, _ := ks.Lookup(s.Kind)
	n, _ := ks.Lookup(next)
	return edit(s, func(options map[string]json.RawMessage) {
		for _, name := range k.Secrets {
			if !slices.Contains(n.Secrets, name) {
				delete(options, name)
			}
		}
	})
}

// Inherit fills the secrets that s leaves out from old. A secret that is null
// is removed, and what Redact put in its place is dropped.
func (ks Kinds) Inherit(s, old camera.Source) camera.Source {
	k, _ := ks.Lookup(s.Kind)
	var from map[string]json.RawMessage
	if json.Unmarshal(old.Options, &from) != nil {
		from = nil // there is no old one
	}
	return edit(s, func(options map[string]json.RawMessage) {
		for _, name := range k.Secrets {
			delete(options, name+setSuffix)
			value, given := options[name]
			if kept, ok := from[name]; !given && ok {
				options[name] = kept
			} else if given && bytes.Equal(value, []byte("null")) {
				delete(options, name)
			}
		}
	})
}

// Misdirected returns the secrets of next that were stored with old, were not given
// with it, and would be sent to another home than before. next is what Inherit
// returned, or a merge of old and given.
func (ks Kinds) Misdirected(given, old, next camera.Source) (names []string) {
	k, ok := ks.Lookup(next.Kind)
	if !ok || k.Home == nil {
		return nil
	}
	before, ok := ks.Lookup(old.Kind)
	if !ok || before.Home == nil {
		return nil // there was none, or it went nowhere
	}
	was, _ := before.Home(old.Options)
	is, holds := k.Home(next.Options)
	if was == is || is == "" { // an address that is none is refused for itself
		return nil
	}
	var have, new map[string]json.RawMessage
	if json.Unmarshal(next.Options, &have) != nil || len(given.Options) > 0 && json.Unmarshal(given.Options, &new) != nil {
		return nil // its kind will say what is wrong
	}
	for _, name := range k.Secrets {
		_, isNew := new[name]
		if !isNew && !isEmpty(have[name]) && !(holds && name == "password") {
			names = append(names, name)
		}
	}
	return names
}

// isEmpty reports whether a secret says nothing.
func isEmpty(secret json.RawMessage) bool {
	switch string(secret) {
	case "", `""`, "null", "{}":
		return true
	}
	return false
}

// edit returns s with its options changed by f.
func edit(s camera.Source, f func(map[string]json.RawMessage)) camera.Source {
	options := make(map[string]json.RawMessage)
	if json.Unmarshal(s.Options, &options) != nil {
		return s // not an object: its kind will say so
	}
	f(options)
	b, err := json.Marshal(options)
	if err != nil {
		return s
	}
	return camera.Source{Kind: s.Kind, Options: b}
}

// summary says of a secret only whether it is there, or the keys it has.
func summary(secret json.RawMessage) json.RawMessage {
	var object map[string]json.RawMessage
	if !seal.IsSealed(secret) && json.Unmarshal(secret, &object) == nil && object != nil {
		names := slices.AppendSeq(make([]string, 0, len(object)), maps.Keys(object))
		slices.Sort(names)
		b, _ := json.Marshal(names) // strings always marshal
		return b
	}
	if len(secret) == 0 || string(secret) == `""` || string(secret) == "null" {
		return json.RawMessage("false")
	}
	return json.RawMessage("true")
}

// sorted returns the JSON object b compact and with its keys in order.
func sorted(b json.RawMessage) json.RawMessage {
	var keys map[string]json.RawMessage
	if json.Unmarshal(b, &keys) != nil {
		return b
	}
	out, err := json.Marshal(keys)
	if err != nil {
		return b
	}
	return out
}
