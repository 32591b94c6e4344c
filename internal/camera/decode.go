package camera

import (
	"encoding/json"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/fault"
	"camhub/internal/strict"
)

// body is what a client may send: the fields of a Definition, and those that
// the hub adds, which are ignored so that what was read can be sent back.
type body struct {
	ID          ID              `json:"id"`
	Name        string          `json:"name"`
	Enabled     bool            `json:"enabled"`
	Mode        Mode            `json:"mode"`
	IdleTimeout Duration        `json:"idle_timeout"`
	Group       string          `json:"group"`
	Source      json.RawMessage `json:"source"`
	Record      json.RawMessage `json:"record"`

	Revision  json.RawMessage `json:"revision"`
	CreatedAt json.RawMessage `json:"created_at"`
	UpdatedAt json.RawMessage `json:"updated_at"`
	Status    json.RawMessage `json:"status"`
}

// Decode reads a definition from the JSON object b, over the defaults. Every
// unknown field and every wrong type is reported with its pointer; whether the
// values are good is for Validate and for the source's kind to say.
func Decode(b []byte) (Definition, *multierror.Error) {
	d := Default()
	in := body{Enabled: d.Enabled, Mode: d.Mode, IdleTimeout: d.IdleTimeout}
	errs := strict.Object(b, &in, "")
	d.ID, d.Name, d.Enabled, d.Mode, d.IdleTimeout, d.Group = in.ID, in.Name, in.Enabled, in.Mode, in.IdleTimeout, in.Group

	if in.Record != nil {
		record, problems := decodeRecord(in.Record)
		if d.Record = record; problems != nil {
			errs = multierror.Append(errs, problems)
		}
	}

	var keys map[string]json.RawMessage
	var kind string
	switch {
	case in.Source == nil:
		errs = multierror.Append(errs, fault.Fieldf("/source", "is required"))
	case json.Unmarshal(in.Source, &keys) != nil || keys == nil:
		errs = multierror.Append(errs, fault.Fieldf("/source", "must be an object"))
	case keys["kind"] == nil:
		errs = multierror.Append(errs, fault.Fieldf("/source/kind", "is required"))
	case json.Unmarshal(keys["kind"], &kind) != nil || kind == "":
		errs = multierror.Append(errs, fault.Fieldf("/source/kind", "must be a string"))
	case json.Unmarshal(in.Source, &d.Source) != nil:
		errs = multierror.Append(errs, fault.Fieldf("/source", "can't be read"))
	}
	return d, errs
}
