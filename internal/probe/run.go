package probe

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"time"

	"camhub/internal/upstream"
)

// Bounds of one probe.
const (
	maxRequests = 40
	mostPerAsk  = 16 // requests that one address may need: redirects, challenges, malformed answers
	maxBytes    = 48 << 20
	maxDepth    = 2 // pages within pages
	maxDevices  = 4 // whose marks one answer may bear
	maxPages    = 3 // at guessed addresses, until it is clear that any address gives one

	patienceGiven = 10 * time.Second // for an address that the user gave
	patienceOpen  = 2 * time.Second  // for one of several
)

// run is one probe of an address. It is for one goroutine.
type run struct {
	ctx      context.Context
	options  upstream.Options // with what goes with the address
	mayDial  func(netip.AddrPort) error
	target   target
	progress func(Progress)
	mask     masker

	plan     *plan
	requests int
	left     int64 // bytes that may still be read
	found    []*finding
	devices  []*device // by their marks, the surest first
	pages    int       // at guessed addresses
}

// search asks one address after the other until one gives pictures, and
// returns what it gave, or nil.
func (r *run) search() *finding {
	r.plan, r.left = newPlan(), maxBytes
	for i, url := range r.firsts() {
		c := candidate{url: url, score: scoreGiven, why: byUser}
		if i > 0 {
			c.score, c.why = scorePort-i, byPort
		}
		r.plan.add(c)
	}
	for r.ctx.Err() == nil && r.requests+mostPerAsk <= maxRequests && r.left > 0 {
		c, ok := r.plan.next()
		if !ok {
			break
		}
		r.tell(sentence(c), c.url)
		f := r.ask(c)
		r.found = append(r.found, f)
		if f.pictures != nil && f.pictures.n > 0 {
			return f
		}
		if f.answer == WrongPassword {
			return nil // another try could lock the account
		}
		r.learn(f)
	}
	return nil
}

// firsts returns the addresses to begin with.
func (r *run) firsts() []string {
	if r.target.scheme != "" {
		return []string{r.options.URL} // byte for byte as it was typed
	}
	return r.target.starts()
}

// learn adds to the plan what an answer shows.
func (r *run) learn(f *finding) {
	if f.err != nil {
		r.learnFailure(f)
		return
	}
	if f.answer == Challenge && f.why <= byPort && !r.askElsewhere(f) {
		r.plan.close(f.url) // all of it wants the login
	}
	if f.why >= byDevice {
		if f.trace.Status/100 == 2 && f.text != nil {
			if r.pages++; r.pages >= maxPages {
				r.plan.close(f.url)
			}
		}
		return // a guess that was wrong says nothing
	}
	r.learnLinks(f)
	r.learnDevices(f)
}

// learnFailure notes what a missing answer shows.
func (r *run) learnFailure(f *finding) {
	other, ok := r.target.otherScheme(f.candidate.url)
	spoke := f.answer == NotACamera || f.answer == TLS && f.trace.Untrusted == "" || f.err.Code == upstream.CodeLost
	if ok && spoke {
		r.plan.add(candidate{url: other, score: scoreGiven - 1, why: byUser})
	}
	r.plan.close(f.candidate.url)
	if f.answer == DNS {
		r.plan.queue = nil // no port of an unknown host answers
	}
}

// askElsewhere asks again where a redirect led, if what goes with the address
// may go there too, and reports whether it does.
func (r *run) askElsewhere(f *finding) bool {
	if origin(f.url) == origin(f.candidate.url) || !r.target.covers(f.url) || !f.secret {
		return false
	}
	r.plan.add(candidate{url: f.url, score: scoreGiven, why: byUser})
	return true
}

// learnLinks adds what a web page names.
func (r *run) learnLinks(f *finding) {
	if other, ok := r.target.otherScheme(f.candidate.url); ok && f.why == byUser && wantsTLS(f) {
		r.plan.add(candidate{url: other, score: scoreGiven, why: byUser})
		return
	}
	if f.depth >= maxDepth {
		return
	}
	for _, l := range f.page.links {
		c := candidate{url: l.url, score: scoreLink + l.likelihood/4, why: byLink, depth: f.depth + 1}
		if l.frame {
			c.why = byFrame
		}
		r.plan.add(c)
	}
}

// learnDevices adds the known addresses of what the answer seems to be from.
func (r *run) learnDevices(f *finding) {
	found := marked(f.fingerprint())
	for i, d := range found {
		if i < maxDevices {
			r.plan.addDevice(r.target, f.url, d, true)
			r.devices = append(r.devices, d)
		}
	}
	if f.why > byPort {
		return
	}
	if len(found) > 0 {
		r.tell("It looks like "+found[0].name+".", "")
	}
	for i := range devices {
		if devices[i].common {
			r.plan.addDevice(r.target, f.url, &devices[i], false)
		}
	}
}

// patience returns how long an address may take to show something.
func (r *run) patience(c candidate) time.Duration {
	if c.why == byUser && r.target.port != "" {
		return patienceGiven
	}
	return patienceOpen
}

// tell reports a step.
func (r *run) tell(text, url string) {
	r.progress(Progress{Text: r.mask.text(text), URL: r.mask.url(url)})
}

// errTooMuch ends what has sent more than a probe reads.
var errTooMuch = errors.New("probe: more data than is read")

// counted bounds what is read from all bodies together.
func (r *run) counted(body io.Reader) io.Reader { return &counter{r, body} }

type counter struct {
	run *run
	r   io.Reader
}

// Read implements io.Reader.
func (c *counter) Read(p []byte) (int, error) {
	if c.run.left <= 0 {
		return 0, errTooMuch
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.run.left)])
	c.run.left -= int64(n)
	return n, err
}
