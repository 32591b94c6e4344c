// Package portable moves the definitions of a hub out and in: as a YAML file that a
// person can read, compare and keep, and as a plan of what an import would change,
// which is shown before it is done.
//
// # Promises
//
// The file of the same hub is the same byte for byte: cameras in wall order, fields in
// a fixed order, options by name, with all defaults written out. Read into an empty hub,
// it comes out of that one again as it was. Without being asked for them it holds no
// secrets, and a plan never shows one; that a secret is left out of a file means that
// the hub that reads it keeps the one it has.
//
// A plan is checked as a whole, as the hub will check it, before the first change. Each
// change expects the camera as the plan has seen it. When one fails all the same,
// nothing after it is done, and what was done is said.
//
// # Non-goals
//
// Users, events, pins and recordings: those are for a backup of the whole.
package portable

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/retention"
	"camhub/internal/strict"
	"camhub/internal/yamldoc"
)

// Version is the newest version of the file that is read, and the one that is written.
const Version = 1

// maxCameras bounds a file.
const maxCameras = 5000

// File is what was read of a file.
type File struct {
	Settings *settings // nil if the file says nothing of them
	Entries  []Entry   // in wall order
}

// settings is a change of the settings of the hub.
type settings struct {
	recordings json.RawMessage // an object; fields that are absent stay
	where      func(pointer string) string
}

// Entry is one camera of a file.
type Entry struct {
	Camera camera.Definition // the source as it stands in the file
	// Partial says that the file knows no more of a camera than its name, whether it is
	// enabled, and some options of its source: the rest stays as it is.
	Partial bool

	faults *multierror.Error // found when it was read
	where  func(pointer string) string
}

// Problem is what is wrong at a place of a file.
type Problem struct {
	Where  string // "cameras.yaml:12"
	Field  string // "source.url"; "" for the whole
	Detail string
}

// Error implements error.
func (p Problem) Error() string {
	return strings.Join(strings.Fields(p.Where+": "+p.Field+" "+p.Detail), " ")
}

// Problems is a list of them as one error, a line each.
type Problems []Problem

// Error implements error.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Read reads the file that is called name in what is said of it, at most
// yamldoc.MaxBytes. The error is a Problems when the file is not good; what is wrong
// with its cameras is found by NewPlan.
func Read(name string, r io.Reader) (*File, error) {
	b, err := io.ReadAll(io.LimitReader(r, yamldoc.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	doc, err := yamldoc.Parse(b)
	if err != nil {
		bad, _ := errors.AsType[*yamldoc.Error](err)
		return nil, Problems{{Where: place(name, bad.Line), Detail: bad.Detail}}
	}
	where := func(pointer string) string { return place(name, doc.Line(pointer)) }
	var in struct {
		Version  int               `json:"camhub"`
		Settings json.RawMessage   `json:"settings"`
		Cameras  []json.RawMessage `json:"cameras"`
	}
	errs := strict.Object(doc.JSON, &in, "")
	switch {
	case errs != nil: // that first
	case in.Version == 0:
		errs = multierror.Append(errs, fault.Fieldf("/camhub", "must be %d, the version of the format, for a file of camhub", Version))
	case in.Version != Version:
		errs = multierror.Append(errs, fault.Fieldf("/camhub", "is a version that this camhub does not read, which knows %d; a newer one may", Version))
	case len(in.Cameras) > maxCameras:
		errs = multierror.Append(errs, fault.Fieldf("/cameras", "must be at most %d", maxCameras))
	}
	if errs.ErrorOrNil() != nil {
		return nil, problems(errs, "", where)
	}
	f := &File{}
	if in.Settings != nil {
		if f.Settings, err = readSettings(in.Settings, where); err != nil {
			return nil, err
		}
	}
	for i, raw := range in.Cameras {
		at := fmt.Sprintf("/cameras/%d", i)
		d, faults := camera.Decode(raw)
		if d.ID == "" && faults.ErrorOrNil() == nil {
			faults = multierror.Append(faults, fault.Fieldf("/id", "is required"))
		}
		f.Entries = append(f.Entries, Entry{Camera: d, faults: faults, where: func(pointer string) string { return where(at + pointer) }})
	}
	return f, nil
}

// readSettings reads the object of settings, and checks what it can without the
// hub's.
func readSettings(raw json.RawMessage, where func(string) string) (*settings, error) {
	var in struct {
		Recordings json.RawMessage `json:"recordings"`
	}
	errs := strict.Object(raw, &in, "/settings")
	if errs.ErrorOrNil() == nil && in.Recordings != nil {
		_, errs = retention.Decode(in.Recordings, "/settings/recordings", retention.Default())
	}
	if errs.ErrorOrNil() != nil {
		return nil, problems(errs, "", where)
	}
	if in.Recordings == nil {
		return nil, nil
	}
	return &settings{recordings: in.Recordings, where: where}, nil
}

// place names a line of a file.
func place(name string, line int) string {
	if line == 0 {
		return name
	}
	return fmt.Sprintf("%s:%d", name, line)
}

// problems returns the faults in err with their places, for people: fields as
// "source.url", below prefix.
func problems(err error, prefix string, where func(pointer string) string) Problems {
	var ps Problems
	for _, f := range fault.Fields(err) {
		field := strings.NewReplacer("~1", "/", "~0", "~").Replace(strings.ReplaceAll(strings.TrimPrefix(f.Pointer, "/"), "/", "."))
		ps = append(ps, Problem{Where: where(f.Pointer), Field: prefix + field, Detail: f.Detail})
	}
	if len(ps) == 0 && err != nil {
		ps = Problems{{Where: where(""), Field: prefix, Detail: err.Error()}}
	}
	return ps
}
