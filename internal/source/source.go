// Package source defines what reads a camera. Each kind of camera has a package
// of its own below this one and one line in the table of kinds, in package app.
package source

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/media"
)

// Source reads one camera. It is used for one attempt and thrown away.
type Source interface {
	// Run connects, passes what it finds to out, and returns when ctx ends or
	// something fails. It has released everything it took when it returns, and
	// does not use out afterwards. It does not retry: its caller does. The
	// error should be, or wrap, an *Error.
	Run(ctx context.Context, out Sink) error
}

// Patient is implemented by sources whose cameras are silent for longer than
// others when all is well, such as one that is asked for a picture a minute.
type Patient interface {
	// Patience returns how long the camera may send nothing at all, beyond what
	// is allowed to any. It does not change.
	Patience() time.Duration
}

// Still is implemented by sources whose cameras may show the identical
// picture for a long time when all is well, such as a slide show.
type Still interface {
	// StandsStill reports whether this one may. It does not change.
	StandsStill() bool
}

// Sink takes what a source finds. Its methods never block and may be called by
// one goroutine at a time.
type Sink interface {
	// Write passes a picture on. The source must not touch p or p.Data again.
	Write(p *media.Packet)
	// Received says that n bytes came from the camera: it is alive, even if no
	// picture is complete yet.
	Received(n int)
	// Quirk says that the reader had to tolerate or repair something, by a
	// short name such as "no-content-length". Repeating it does no harm.
	Quirk(name string)
}

// Error says why an attempt failed, for a person and for a program.
type Error struct {
	Code    string // a word such as "refused", "unauthorized", "not-a-camera"
	Message string // one sentence for a person; holds no secret
	Err     error  // the cause, for the log; may be nil
	Patient bool   // another try soon can't help and may do harm (a wrong password locks accounts)
}

// Errorf returns an Error without a cause.
func Errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Kind is one way to reach a camera.
type Kind struct {
	Name    string   // as in camera.Source.Kind
	Doc     string   // one sentence for people
	Example string   // a valid set of options, as JSON
	Secrets []string // options that are write-only
	// Home returns where options send the secrets (scheme, host and port), and
	// whether the address itself holds some. Secrets that were stored for one
	// home are not sent to another. It is nil if they are sent nowhere.
	Home func(options json.RawMessage) (home string, holdsSecrets bool)
	// Parse decodes and checks options. It does no input or output, and
	// reports every fault at once as a fault.Field below "/source".
	Parse func(options json.RawMessage) (Config, *multierror.Error)
	// Local is nil for cameras that are not plugged into this machine.
	Local *Local
}

// Config is a checked set of options. Its JSON form is the options with every
// default filled in.
type Config interface {
	// Open returns a source for one attempt. It does no input or output.
	Open(env Env) Source
}

// Checker is implemented by configurations of which a look at this machine shows
// more than Parse can know.
type Checker interface {
	// Check reports what is wrong and will stay so, whatever is plugged in
	// later, as Parse does. It may take a second.
	Check(ctx context.Context) *multierror.Error
}

// Waker is implemented by configurations of cameras whose return can be
// noticed.
type Waker interface {
	// Wake returns when another attempt is worth it, after one that failed by
	// cause, or when ctx ends. It may be wrong.
	Wake(ctx context.Context, cause error)
}

// Env is what a source may know of its surroundings.
type Env struct {
	Name    func() string // the camera's name, which may change; safe for concurrent use
	DataDir string        // the hub's data folder
	// MayDial says why no connection to an address may be made, or nil. If it is
	// nil itself, what no camera can have is refused.
	MayDial func(netip.AddrPort) error
}

// Kinds is the table of kinds. It does not change once the hub runs.
type Kinds []Kind

// Lookup returns the kind of that name.
func (ks Kinds) Lookup(name string) (Kind, bool) {
	for _, k := range ks {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// Secrets returns the names of the options of a kind that are secrets, and whether
// there is such a kind.
func (ks Kinds) Secrets(kind string) (names []string, known bool) {
	k, known := ks.Lookup(kind)
	return k.Secrets, known
}

// Parse checks s and returns its configuration. The faults have pointers below
// "/source". When secrets are sealed, since their key is lost, the rest is checked, and
// the sources that the configuration opens say so and do nothing else.
func (ks Kinds) Parse(s camera.Source) (Config, *multierror.Error) {
	var errs *multierror.Error
	k, ok := ks.Lookup(s.Kind)
	if !ok {
		names := make([]string, len(ks))
		for i, k := range ks {
			names[i] = k.Name
		}
		return nil, multierror.Append(errs, fault.Fieldf("/source/kind", "must be one of %s", strings.Join(names, ", ")))
	}
	open, sealed := split(k, s.Options)
	config, errs := k.Parse(open)
	if len(sealed) == 0 || errs.ErrorOrNil() != nil {
		return config, errs
	}
	return lock(config, sealed), nil
}
