package doctor

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"camhub/internal/camera"
	"camhub/internal/portable"
)

// Bundle returns a zip file for whoever helps: the page, versions, the definitions, the
// last 1,000 events and the status of all cameras. There is no secret in it; user names
// and values of addresses are hidden.
func (r *Report) Bundle(c Config) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	var first error
	add := func(name string, write func(io.Writer) error) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: "camhub-doctor/" + name, Method: zip.Deflate, Modified: r.Time})
		if err == nil {
			err = write(w)
		}
		if err != nil && first == nil {
			first = fmt.Errorf("write %s of the bundle: %w", name, err)
		}
	}
	add("doctor.txt", r.WriteText)
	add("doctor.json", r.WriteJSON)
	add("versions.txt", func(w io.Writer) error {
		_, err := fmt.Fprintln(w, versions(r.seen))
		return err
	})
	if state := r.seen.state(); state != nil {
		add("cameras.yaml", func(w io.Writer) error { return writeCameras(w, state, c) })
	}
	add("events.ndjson", r.seen.writeEvents)
	add("status.json", r.seen.writeStatus)
	if err := z.Close(); err != nil && first == nil {
		first = err
	}
	return out.Bytes(), first
}

// state returns what is defined, or nil.
func (e *exam) state() *portable.State {
	switch {
	case e.hub != nil:
		return e.hub.State
	case e.data != nil:
		return e.data.State
	}
	return nil
}

func writeCameras(w io.Writer, s *portable.State, c Config) error {
	shareable, err := portable.Shareable(s, c.Kinds)
	if err != nil {
		return err
	}
	b, _, err := portable.Write(shareable, c.Kinds, false)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// writeEvents writes the newest events, a line each.
func (e *exam) writeEvents(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if e.hub != nil {
		for _, event := range e.hub.Events {
			if err := enc.Encode(e.hide(event)); err != nil {
				return err
			}
		}
	}
	if e.data != nil {
		for _, event := range e.data.Events {
			if err := enc.Encode(e.hide(event)); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeStatus writes what the hub says of itself and of each camera.
func (e *exam) writeStatus(w io.Writer) error {
	all := map[string]any{"runs": e.hub != nil}
	if e.hub != nil {
		cameras := make(map[camera.ID]any)
		for _, c := range e.hub.Cameras {
			cameras[c.ID] = c.Status
		}
		all["hub"], all["cameras"], all["storage"] = e.hub.Status, cameras, e.hub.Storage
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(e.hide(all))
}

// hide returns a value as JSON has it, with secrets taken out of its texts.
func (e *exam) hide(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var tree any
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	if dec.Decode(&tree) != nil {
		return nil
	}
	return e.hideIn(tree)
}

func (e *exam) hideIn(v any) any {
	switch v := v.(type) {
	case string:
		return e.clean(v)
	case []any:
		for i := range v {
			v[i] = e.hideIn(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = e.hideIn(v[name])
		}
	}
	return v
}
