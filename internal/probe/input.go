package probe

import (
	"encoding/json"
	"net"
	"slices"
	"strings"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/source"
	"camhub/internal/strict"
	"camhub/internal/upstream"
)

// input is a checked request body: one of a camera of the hub, a source that
// does not speak HTTP, or an address.
type input struct {
	camera  camera.ID
	other   source.Config    // opened as the hub would
	source  camera.Source    // what was given as a whole source
	options upstream.Options // of an address; its URL is the first one to try
	target  target
}

// parse reads a request body. The error is a fault.Invalid with the pointers of
// all faults.
func (p *Prober) parse(body []byte) (input, error) {
	in, errs := p.decode(body)
	return in, fault.InvalidFields("What to look at is not valid.", errs)
}

func (p *Prober) decode(body []byte) (input, *multierror.Error) {
	var keys map[string]json.RawMessage
	var none *multierror.Error
	if json.Unmarshal(body, &keys) != nil || keys == nil {
		return input{}, multierror.Append(none, fault.Fieldf("", "must be an object"))
	}
	switch {
	case keys["kind"] != nil: // which may have an option named camera
		return p.decodeSource(body)
	case keys["camera"] != nil:
		var c struct {
			Camera camera.ID `json:"camera"`
		}
		errs := strict.Object(body, &c, "")
		if len(fault.Fields(errs)) == 0 && !c.Camera.Valid() {
			errs = multierror.Append(errs, fault.Fieldf("/camera", "is not the id of a camera"))
		}
		return input{camera: c.Camera}, errs
	}
	return decodeAddress(body)
}

// decodeSource reads a whole source.
func (p *Prober) decodeSource(body []byte) (input, *multierror.Error) {
	var s camera.Source
	var errs *multierror.Error
	if json.Unmarshal(body, &s) != nil {
		return input{}, multierror.Append(errs, fault.Fieldf("/kind", "must be a string"))
	}
	// What the hub shows in place of secrets may come back.
	normal, errs := p.cfg.Kinds.Normalize(p.cfg.Kinds.Inherit(s, camera.Source{}))
	if errs.ErrorOrNil() != nil {
		return input{}, atRoot(errs)
	}
	return p.ofSource(normal)
}

// ofSource makes an input of a source that is valid.
func (p *Prober) ofSource(s camera.Source) (input, *multierror.Error) {
	in := input{source: s}
	options := upstream.Defaults()
	if json.Unmarshal(s.Options, &options) != nil || options.URL == "" {
		config, errs := p.cfg.Kinds.Parse(s)
		in.other = config
		return in, atRoot(errs)
	}
	in.options = options
	errs := in.options.Check("", nil)
	in.target = parseTarget(in.options.URL)
	return in, errs
}

// atRoot moves the pointers of a source's faults to where the body has them.
func atRoot(errs *multierror.Error) *multierror.Error {
	var moved *multierror.Error
	for _, f := range fault.Fields(errs) {
		f.Pointer = strings.TrimPrefix(f.Pointer, "/source")
		moved = multierror.Append(moved, f)
	}
	return moved
}

// address is what a person types, and what goes with it.
type address struct {
	URL         string            `json:"url"`
	Username    string            `json:"username"`
	Password    string            `json:"password"`
	TLSInsecure bool              `json:"tls_insecure"`
	Headers     map[string]string `json:"headers"`
}

// decodeAddress reads an address of anything.
func decodeAddress(body []byte) (input, *multierror.Error) {
	var a address
	errs := strict.Object(body, &a, "")
	in := input{options: upstream.Defaults()}
	o := &in.options
	o.Username, o.Password, o.TLSInsecure, o.Headers = a.Username, a.Password, a.TLSInsecure, a.Headers
	typed := strings.TrimSpace(a.URL)
	if scheme, _, ok := strings.Cut(typed, "://"); ok && !slices.Contains([]string{"http", "https"}, strings.ToLower(scheme)) {
		detail := "must begin with http:// or https://, or with the name or number of a host"
		if strings.HasPrefix(strings.ToLower(scheme), "rtsp") {
			detail = "is an RTSP address, which this version can't read; many cameras send MJPEG over HTTP too: try the host alone"
		}
		return in, multierror.Append(errs, fault.Fieldf("/url", "%s", detail))
	}
	if net.ParseIP(typed) != nil && strings.Contains(typed, ":") {
		typed = "[" + typed + "]"
	}
	in.target = parseTarget(typed)
	o.URL = typed
	if in.target.scheme == "" && typed != "" {
		o.URL = in.target.starts()[0]
		if userinfo := in.target.userinfo; userinfo != "" {
			scheme, rest, _ := strings.Cut(o.URL, "://")
			o.URL = scheme + "://" + userinfo + "@" + rest
		}
	}
	return in, o.Check("", errs)
}
