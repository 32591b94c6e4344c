// Package strict decodes JSON objects from outside and reports every fault of
// them at once, each with its JSON pointer, where encoding/json stops at the
// first.
package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/fault"
)

// Object decodes the JSON object b into the struct that v points to. Keys are
// matched to json tags letter for letter; a key without a field, a null and a
// value of the wrong type are faults below the pointer at. Fields whose key is
// absent keep the value they had, so defaults are set beforehand.
func Object(b []byte, v any, at string) *multierror.Error {
	var errs *multierror.Error
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(b, &keys); err != nil || keys == nil {
		return multierror.Append(errs, fault.Fieldf(at, "must be an object"))
	}
	fields := fieldsOf(reflect.ValueOf(v).Elem())
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		pointer := at + "/" + Token(key)
		field, ok := fields[key]
		if !ok {
			errs = multierror.Append(errs, fault.Fieldf(pointer, "is not a known field; known are %s",
				strings.Join(slices.Sorted(maps.Keys(fields)), ", ")))
			continue
		}
		if bytes.Equal(keys[key], []byte("null")) && field.Kind() != reflect.Pointer {
			errs = multierror.Append(errs, fault.Fieldf(pointer, "must not be null"))
			continue
		}
		if err := json.Unmarshal(keys[key], field.Addr().Interface()); err != nil {
			errs = multierror.Append(errs, fault.Field{Pointer: pointer, Detail: explain(err)})
		}
	}
	return errs
}

// fieldsOf maps the json names of a struct's fields to the fields. The fields
// of an embedded struct count as its own; what is nearer hides what is deeper.
func fieldsOf(v reflect.Value) map[string]reflect.Value {
	fields := make(map[string]reflect.Value)
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.Anonymous && f.Type.Kind() == reflect.Struct && f.Tag.Get("json") == "" {
			maps.Copy(fields, fieldsOf(v.Field(i)))
		}
	}
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			fields[name] = v.Field(i)
		}
	}
	return fields
}

// maxShown is how much of a wrong value is repeated, in bytes.
const maxShown = 40

// explain says in words what value would have been right.
func explain(err error) string {
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok {
		return err.Error()
	}
	if len(wrong.Value) > maxShown { // "number" and all its digits
		wrong.Value = wrong.Value[:maxShown] + "…"
	}
	switch wrong.Type.Kind() {
	case reflect.String:
		return "must be a string, not " + wrong.Value
	case reflect.Bool:
		return "must be true or false, not " + wrong.Value
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return "must be a whole number, not " + wrong.Value
	case reflect.Float64:
		return "must be a number, not " + wrong.Value
	case reflect.Map, reflect.Struct:
		return "must be an object, not " + wrong.Value
	case reflect.Slice:
		return "must be a list, not " + wrong.Value
	}
	return "must not be " + wrong.Value
}

// Token writes a key as one token of a JSON pointer (RFC 6901).
func Token(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}
