package probe

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"camhub/internal/camera"
	"camhub/internal/media"
	"camhub/internal/upstream"
)

// newResult returns a result whose lists are empty and not null.
func newResult(a Answer) *Result {
	return &Result{Answer: a, Challenges: []string{}, Streams: []string{}, Quirks: []Quirk{}, Secrets: []string{}, Advice: []string{}, Tried: []Tried{}}
}

// result returns what was found. best is the finding that works, or the one that
// explains most.
func (r *run) result(p *Prober, in input, best *finding) *Result {
	if best == nil { // time was up before the first answer
		best = &finding{answer: Nothing, url: r.options.URL}
	}
	res := newResult(best.answer)
	res.URL = r.mask.url(best.url)
	res.Requests = r.requests
	res.Untrusted = best.trace.Untrusted
	for _, c := range best.trace.Challenges {
		if scheme := strings.ToLower(c.Scheme); !slices.Contains(res.Challenges, scheme) {
			res.Challenges = append(res.Challenges, r.mask.text(scheme))
		}
	}
	for _, f := range r.found {
		res.Tried = append(res.Tried, Tried{URL: r.mask.url(f.candidate.url), Answer: f.answer})
	}
	if len(r.devices) > 0 {
		res.Device = r.devices[0].name
	}
	res.Streams = r.streams(best)
	res.Name = r.name(best)
	if best.pictures != nil && best.pictures.n > 0 {
		r.works(res, p, in, best)
		return res
	}
	res.Explanation = r.mask.text(best.explanation())
	res.Advice = append(res.Advice, r.advice(best)...)
	if best.answer == Busy || best.answer == Nothing {
		res.Advice = append(res.Advice, p.rivals(in)...)
	}
	return res
}

// works describes a camera that gives pictures.
func (r *run) works(res *Result, p *Prober, in input, f *finding) {
	res.Works = true
	res.show(f.pictures)
	p.addQuirks(res, append(slices.Clone(f.quirks), f.trace.Quirks...))
	options := r.options
	options.URL = f.candidate.url // the camera redirects again when it is read
	if !r.target.covers(options.URL) {
		options.Username, options.Password, options.Headers = "", "", nil
	}
	res.Source, res.Secrets = p.sourceOf(in.source, &options, f.pictures.still())
	res.Explanation = "Moving pictures come from this address."
	if f.answer == Snapshot {
		res.Explanation = "This address gives one picture at a time."
	}
	switch f.why {
	case byLink, byFrame:
		res.Answer = Page
		res.Explanation = "A web page answers, and it shows pictures from another address, which works."
	case byDevice, byGuess:
		res.Explanation = "Pictures come from an address that cameras of this make are known for: " + f.from.name + "."
		res.Device = f.from.name
	case byPort:
		res.Explanation = "Pictures come from another port of this host."
	}
	if n := f.pictures.n; f.answer == Stream && f.pictures.silence > watchFor {
		res.Explanation += fmt.Sprintf(" After %d of them nothing more came for %v: the camera is slow, or it hangs.", n, f.pictures.silence.Round(time.Second))
	}
}

// show fills in what the pictures are like.
func (res *Result) show(p *pictures) {
	res.Codec, res.Width, res.Height = string(media.JPEG), p.width, p.height
	res.FPS, res.Bitrate = p.rates()
	res.Preview = p.dataURL()
}

// addQuirks fills in quirks with their sentences, each once.
func (p *Prober) addQuirks(res *Result, names []string) {
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		q := Quirk{Name: name}
		for _, table := range p.cfg.Quirks {
			q.Text = cmp.Or(q.Text, table[name])
		}
		res.Quirks = append(res.Quirks, q)
	}
}

// kindOf returns the kind of source that reads what was found: a stream and
// single pictures are read by different ones.
func (p *Prober) kindOf(given string, single bool) string {
	if given != "" && given != "mjpeg" && given != "snapshot" {
		return given
	}
	if _, ok := p.cfg.Kinds.Lookup("snapshot"); ok && single {
		return "snapshot"
	}
	return "mjpeg"
}

// sourceOf returns what to add as a camera, and the names of its secrets. What
// a whole source said beyond the address stays, if its kind does.
func (p *Prober) sourceOf(given camera.Source, o *upstream.Options, single bool) (*camera.Source, []string) {
	kind := p.kindOf(given.Kind, single)
	options := make(map[string]any)
	if given.Options != nil {
		_ = json.Unmarshal(given.Options, &options) // it is an object: it has been checked
	}
	if kind != given.Kind {
		delete(options, "interval")
	}
	secrets := []string{}
	for _, name := range upstream.Secrets {
		delete(options, name)
	}
	if o.Password != "" {
		secrets = append(secrets, "password")
	}
	if len(o.Headers) > 0 {
		secrets = append(secrets, "headers")
	}
	options["url"] = o.URL
	delete(options, "username")
	if o.Username != "" {
		options["username"] = o.Username
	}
	if o.TLSInsecure {
		options["tls_insecure"] = true
	}
	b, err := json.Marshal(options)
	if err != nil {
		return nil, secrets // it was JSON
	}
	return &camera.Source{Kind: kind, Options: b}, secrets
}

// streams returns what looks like pictures in the pages that were met, the
// likeliest first, but for what gave none.
func (r *run) streams(best *finding) []string {
	failed := make(map[string]bool)
	for _, f := range r.found {
		failed[f.candidate.url] = f != best
	}
	list := []string{}
	if best.why == byLink || best.why == byFrame {
		list = append(list, r.mask.url(best.candidate.url))
	}
	for _, f := range r.found {
		for _, l := range f.page.links {
			url := r.mask.url(l.url)
			if !failed[l.url] && !l.frame && l.likelihood >= 20 && !slices.Contains(list, url) {
				list = append(list, url)
			}
		}
	}
	return list[:min(len(list), maxLinks)]
}

// generic are titles that name no camera.
var generic = []string{"", "index", "home", "login", "webcam", "camera", "live view", "document", "untitled"}

// name returns what the camera could be called.
func (r *run) name(best *finding) string {
	for _, f := range append([]*finding{best}, r.found...) {
		if f.answer == NotFound || f.answer == HTTPStatus || f.trace.Status/100 > 3 && f.answer != Challenge {
			continue // the title of an error
		}
		if t := r.mask.text(f.page.title); !slices.Contains(generic, strings.ToLower(t)) {
			return t
		}
	}
	if len(r.devices) > 0 && r.devices[0].advice == "" {
		return r.devices[0].name
	}
	return strings.Trim(r.target.host, "[]")
}

// rivals names the other cameras of the hub that read the same host.
func (p *Prober) rivals(in input) []string {
	list, err := p.cfg.Cameras.List()
	if err != nil {
		return nil // advice that can do without
	}
	names := make(map[string]bool)
	for _, d := range list {
		if url := urlOf(d.Source); d.Enabled && d.ID != in.camera && url != "" && parseTarget(url).host == in.target.host {
			names["“"+d.Name+"”"] = true
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []string{"This hub reads the same host already, as " + strings.Join(slices.Sorted(maps.Keys(names)), ", ") + "."}
}

// urlOf returns the address of a source that has one, or "".
func urlOf(s camera.Source) string {
	var o struct {
		URL string `json:"url"`
	}
	if json.Unmarshal(s.Options, &o) != nil {
		return ""
	}
	return o.URL
}
