// Package camera holds the definition of a camera: what a user configures and
// package store keeps. It knows nothing of how a camera is run.
package camera

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/fault"
)

// ID names a camera in URLs, file names and database keys. It never changes.
type ID string

// Valid reports whether id may name a camera.
func (id ID) Valid() bool { return idPattern.MatchString(string(id)) }

var idPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// Mode says when a camera is open.
type Mode string

// The modes.
const (
	Always   Mode = "always"    // all the time
	OnDemand Mode = "on_demand" // while somebody reads its stream, and IdleTimeout longer
)

// Definition is one camera as a user wrote it, with every default filled in.
type Definition struct {
	ID          ID       `json:"id"`
	Name        string   `json:"name"`
	Enabled     bool     `json:"enabled"`
	Mode        Mode     `json:"mode"`
	IdleTimeout Duration `json:"idle_timeout"`
	Group       string   `json:"group,omitempty"`
	Source      Source   `json:"source"`
	Record      Record   `json:"record"`

	Revision  uint64    `json:"revision"` // set by the store; unique over all cameras and all time
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Default returns the definition that a user's fields are laid over.
func Default() Definition {
	return Definition{Enabled: true, Mode: Always, IdleTimeout: Duration(10 * time.Second), Record: Record{Mode: RecordOff}}
}

// SameRun reports whether a worker that runs d can go on when d becomes e: no
// more than what people read has changed.
func (d *Definition) SameRun(e *Definition) bool {
	return d.Enabled == e.Enabled && d.Mode == e.Mode && d.IdleTimeout == e.IdleTimeout &&
		d.Source.Kind == e.Source.Kind && bytes.Equal(d.Source.Options, e.Source.Options)
}

// Limits of a definition.
const (
	maxName        = 100 // characters
	maxIdleTimeout = Duration(24 * time.Hour)
)

// Validate reports everything wrong with d but its source, whose kind judges
// it: a fault.Field a problem, gathered in the result. It is nil when d is good.
func (d *Definition) Validate() *multierror.Error {
	var errs *multierror.Error
	bad := func(pointer, format string, args ...any) {
		errs = multierror.Append(errs, fault.Fieldf(pointer, format, args...))
	}
	if !d.ID.Valid() {
		bad("/id", "must be 1 to 63 of a-z, 0-9 and -, and not start with -")
	}
	if detail := checkText(d.Name, 1); detail != "" {
		bad("/name", "%s", detail)
	}
	if detail := checkText(d.Group, 0); detail != "" {
		bad("/group", "%s", detail)
	}
	if d.Mode != Always && d.Mode != OnDemand {
		bad("/mode", "must be %q or %q", Always, OnDemand)
	}
	if d.IdleTimeout < Duration(time.Second) || d.IdleTimeout > maxIdleTimeout {
		bad("/idle_timeout", "must be from 1s to 24h")
	}
	if problems := d.Record.validate(); problems != nil {
		errs = multierror.Append(errs, problems)
	}
	return errs
}

// checkText says what is wrong with a text that people will read, or "".
func checkText(s string, least int) string {
	if !utf8.ValidString(s) {
		return "must be valid UTF-8"
	}
	if n := utf8.RuneCountInString(s); n < least || n > maxName {
		return fmt.Sprintf("must have %d to %d characters", least, maxName)
	}
	visible := false
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return fmt.Sprintf("must not hold the control character %U", r)
		}
		visible = visible || unicode.IsGraphic(r) && !unicode.IsSpace(r)
	}
	if least > 0 && !visible {
		return "must not be blank"
	}
	return ""
}

// Source says where the pictures come from: in JSON one object that holds the
// kind beside the options of that kind.
type Source struct {
	Kind    string
	Options json.RawMessage // an object; never holds "kind"
}

// MarshalJSON implements json.Marshaler.
func (s Source) MarshalJSON() ([]byte, error) {
	kind, err := json.Marshal(s.Kind)
	if err != nil {
		return nil, err
	}
	b := append([]byte(`{"kind":`), kind...)
	if len(s.Options) > 2 { // more than {}
		b = append(append(b, ','), s.Options[1:]...)
		return b, nil
	}
	return append(b, '}'), nil
}

// UnmarshalJSON implements json.Unmarshaler. The options come out compact and
// with their keys in order, so that equal sources have equal bytes.
func (s *Source) UnmarshalJSON(b []byte) error {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(b, &keys); err != nil {
		return err
	}
	s.Kind = ""
	if kind, ok := keys["kind"]; ok {
		if err := json.Unmarshal(kind, &s.Kind); err != nil {
			return err
		}
		delete(keys, "kind")
	}
	if keys == nil {
		keys = map[string]json.RawMessage{}
	}
	var err error
	s.Options, err = json.Marshal(keys)
	return err
}

// Duration is a time.Duration that JSON shows as "1m30s".
type Duration time.Duration

// String implements fmt.Stringer.
func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalJSON implements json.Unmarshaler.
func (d *Duration) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return errDuration
	}
	v, err := time.ParseDuration(text)
	if err != nil {
		return errDuration
	}
	*d = Duration(v)
	return nil
}

var errDuration = errors.New(`must be a duration such as "10s" or "1m30s"`)
