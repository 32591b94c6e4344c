// Package seal keeps the secrets of cameras unreadable where they are stored: each
// password and each header by itself is encrypted and authenticated
// (XChaCha20-Poly1305), and bound to its camera and field, so that one that is moved
// elsewhere does not open.
//
// Objective: who gets hold of the database without the key, in a backup, a
// support bundle or a disk that was thrown away, learns no password from it. A
// value whose key is lost is told from an empty one, stays where it is, and opens
// again when the key comes back.
//
// Non-goals: it does not protect from who can read the key file, or the memory of
// the running hub, or can write the database; and an old value of the same field that is
// put back is not noticed. The hub must be able to connect to its cameras without
// a person, and so has the key.
//
// What users have as passwords, tokens and links is kept as hashes by package auth
// and needs no key.
package seal

import (
	"encoding/json"
	"maps"
	"slices"

	"camhub/internal/camera"
)

// Vault seals and opens the secrets in definitions. Use NewVault. Its methods are
// safe for concurrent use.
type Vault struct {
	ring    Ring
	secrets func(kind string) (names []string, known bool)
}

// NewVault returns a vault with at least one key. secrets says which options of a
// kind are secrets, and whether there is such a kind.
func NewVault(ring Ring, secrets func(kind string) (names []string, known bool)) *Vault {
	return &Vault{ring, secrets}
}

// Seal returns d with every secret of its kind sealed: a text or number as a
// whole, an object member by member, so that its keys can be read. What is empty or
// sealed stays as it is.
func (v *Vault) Seal(d camera.Definition) camera.Definition {
	names, _ := v.secrets(d.Source.Kind)
	return edit(d, func(name, field string, value json.RawMessage) json.RawMessage {
		if !slices.Contains(names, name) || isEmpty(value) || IsSealed(value) {
			return value
		}
		return v.ring.Seal(d.ID, field, value)
	})
}

// Open returns d with everything opened that the keys open. The rest stays sealed:
// Locked names it.
func (v *Vault) Open(d camera.Definition) camera.Definition {
	return edit(d, func(_, field string, value json.RawMessage) json.RawMessage {
		if IsSealed(value) {
			if plain, err := v.ring.Open(d.ID, field, value); err == nil {
				return plain
			}
		}
		return value
	})
}

// Stale reports whether d, as it is stored, has a secret that is not sealed, or is
// sealed with another key than the first, and opens.
func (v *Vault) Stale(d camera.Definition) (stale bool) {
	names, _ := v.secrets(d.Source.Kind)
	edit(d, func(name, field string, value json.RawMessage) json.RawMessage {
		switch {
		case !IsSealed(value):
			stale = stale || slices.Contains(names, name) && !isEmpty(value)
		case !v.ring.isCurrent(value):
			_, err := v.ring.Open(d.ID, field, value)
			stale = stale || err == nil
		}
		return value
	})
	return stale
}

// Strip returns d without its secrets, sealed or not: what is empty already stays, for
// the form of the options. Of a kind that is not known
// any option may be one, and none is left.
func (v *Vault) Strip(d camera.Definition) camera.Definition {
	names, known := v.secrets(d.Source.Kind)
	if !known {
		d.Source.Options = json.RawMessage("{}")
		return d
	}
	return edit(d, func(name, _ string, value json.RawMessage) json.RawMessage {
		if slices.Contains(names, name) && !isEmpty(value) || IsSealed(value) {
			return nil
		}
		return value
	})
}

// Locked returns what is sealed in options by the paths of the values, such as
// "/password" and "/headers/X-Key".
func Locked(options json.RawMessage) map[string]json.RawMessage {
	all := make(map[string]json.RawMessage)
	edit(camera.Definition{Source: camera.Source{Options: options}}, func(_, field string, value json.RawMessage) json.RawMessage {
		if IsSealed(value) {
			all[field] = value
		}
		return value
	})
	return all
}

// Forget returns d without what is sealed in it.
func Forget(d camera.Definition) camera.Definition {
	return edit(d, func(_, _ string, value json.RawMessage) json.RawMessage {
		if IsSealed(value) {
			return nil
		}
		return value
	})
}

// edit returns d with f applied to each of its options, and to each member of those
// that are objects: name is that of the option, field the path of the value, and
// nil drops it. Options come out compact and in order.
func edit(d camera.Definition, f func(name, field string, value json.RawMessage) json.RawMessage) camera.Definition {
	var options map[string]json.RawMessage
	if json.Unmarshal(d.Source.Options, &options) != nil {
		return d // not an object: its kind will say so
	}
	for _, name := range slices.Sorted(maps.Keys(options)) {
		var object map[string]json.RawMessage
		if IsSealed(options[name]) || json.Unmarshal(options[name], &object) != nil || len(object) == 0 {
			set(options, name, f(name, "/"+name, options[name]))
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(object)) {
			set(object, key, f(name, "/"+name+"/"+key, object[key]))
		}
		b, err := json.Marshal(object)
		if err != nil {
			return d // it was valid JSON: this does not happen
		}
		options[name] = b
	}
	if b, err := json.Marshal(options); err == nil {
		d.Source.Options = b
	}
	return d
}

// set puts a value into an object, or drops it if it is nil.
func set(object map[string]json.RawMessage, name string, value json.RawMessage) {
	if value == nil {
		delete(object, name)
	} else {
		object[name] = value
	}
}

// isEmpty reports whether a secret says nothing.
func isEmpty(secret json.RawMessage) bool {
	switch string(secret) {
	case "", `""`, "null", "{}", "[]":
		return true
	}
	return false
}
