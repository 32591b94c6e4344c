package source

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/seal"
	"camhub/internal/strict"
)

// CodeSealed is the code of the error of a camera whose secrets can't be opened.
const CodeSealed = "secret-unreadable"

// ForeignSeals returns a fault, with its pointer, for each secret that is sealed in next and is
// not as it stands in old. It was not read from the store then: no client makes, copies
// or moves a sealed secret.
func ForeignSeals(next, old camera.Source) *multierror.Error {
	var errs *multierror.Error
	known, given := seal.Locked(old.Options), seal.Locked(next.Options)
	for _, field := range slices.Sorted(maps.Keys(given)) {
		if bytes.Equal(known[field], given[field]) {
			continue
		}
		name, key, _ := strings.Cut(field[1:], "/")
		pointer := "/source/" + strict.Token(name)
		if key != "" {
			pointer += "/" + strict.Token(key)
		}
		errs = multierror.Append(errs, fault.Fieldf(pointer, "is sealed and can't be read: enter it again"))
	}
	return errs
}

// split takes the sealed secrets of a kind out of its options, as the path of each
// (name, or name and key) with its value.
func split(k Kind, options json.RawMessage) (open json.RawMessage, sealed map[[2]string]json.RawMessage) {
	s := edit(camera.Source{Options: options}, func(all map[string]json.RawMessage) {
		for _, name := range k.Secrets {
			if seal.IsSealed(all[name]) {
				sealed = put(sealed, [2]string{name}, all[name])
				delete(all, name)
				continue
			}
			var object map[string]json.RawMessage
			if json.Unmarshal(all[name], &object) != nil {
				continue
			}
			before := len(sealed)
			for key, value := range object {
				if seal.IsSealed(value) {
					sealed = put(sealed, [2]string{name, key}, value)
					delete(object, key)
				}
			}
			if b, err := json.Marshal(object); err == nil && len(sealed) > before {
				all[name] = b
			}
		}
	})
	if len(sealed) == 0 {
		return options, nil // as they were, for faults that tell a place in them
	}
	return s.Options, sealed
}

func put(m map[[2]string]json.RawMessage, at [2]string, value json.RawMessage) map[[2]string]json.RawMessage {
	if m == nil {
		m = make(map[[2]string]json.RawMessage)
	}
	m[at] = value
	return m
}

// locked is a configuration of which some secrets can't be opened.
type locked struct {
	config Config
	sealed map[[2]string]json.RawMessage
}

// lock returns config with the secrets that were taken out of its options, but for
// those that it has from elsewhere: a password from a new URL.
func lock(config Config, sealed map[[2]string]json.RawMessage) Config {
	options := asObject(config)
	maps.DeleteFunc(sealed, func(at [2]string, _ json.RawMessage) bool { return at[1] == "" && !isEmpty(options[at[0]]) })
	if len(sealed) == 0 {
		return config
	}
	return locked{config, sealed}
}

// asObject returns the JSON form of v, or nothing when it is no object.
func asObject(v any) (object map[string]json.RawMessage) {
	b, err := json.Marshal(v)
	if err != nil || json.Unmarshal(b, &object) != nil {
		return nil
	}
	return object
}

// MarshalJSON implements json.Marshaler: the secrets are in it as they were.
func (l locked) MarshalJSON() ([]byte, error) {
	options := asObject(l.config)
	if options == nil {
		return nil, fmt.Errorf("options of %T are no object", l.config)
	}
	for at, value := range l.sealed {
		if at[1] == "" {
			options[at[0]] = value
			continue
		}
		var object map[string]json.RawMessage
		if json.Unmarshal(options[at[0]], &object) != nil || object == nil {
			object = make(map[string]json.RawMessage)
		}
		object[at[1]] = value
		b, err := json.Marshal(object)
		if err != nil {
			return nil, err
		}
		options[at[0]] = b
	}
	return json.Marshal(options)
}

// Open implements Config.
func (l locked) Open(Env) Source {
	var names []string
	for at := range l.sealed {
		name := "the " + at[0]
		if at[1] != "" {
			name = fmt.Sprintf("%q of the %s", at[1], at[0])
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return lockedSource{strings.Join(names, ", ")}
}

// lockedSource does not ask the camera: a password that is left out may lock its account.
type lockedSource struct{ names string }

// Run implements Source.
func (s lockedSource) Run(context.Context, Sink) error {
	e := Errorf(CodeSealed, "The hub can't read %s with its present key; enter it again, or put the key back.", s.names)
	e.Patient = true
	return e
}
