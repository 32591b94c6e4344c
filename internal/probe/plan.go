package probe

import (
	"slices"
	"strings"
)

// candidate is an address that may give pictures.
type candidate struct {
	url   string
	score int     // higher ones are asked first
	why   reason  // how it came here
	from  *device // whose address it is, of byDevice and byGuess
	depth int     // of byLink and byFrame: how many pages lead to it
}

// reason says how an address came into a plan.
type reason int

const (
	byUser   reason = iota // it was given
	byPort                 // another port of the host
	byLink                 // a web page names it
	byFrame                // a page within a page
	byDevice               // known of a device whose mark was met
	byGuess                // known of a device that is often met
)

// Scores, by what the address is.
const (
	scoreGiven    = 100
	scoreLink     = 70 // and its own likelihood
	scoreKnown    = 60
	scorePort     = 50
	scoreStill    = 40
	scoreGuess    = 20
	scoreAnyStill = 10
)

// plan is what is to be asked, and what was. It is for one goroutine.
type plan struct {
	queue  []candidate
	seen   map[string]bool // URLs that are or were in the queue
	closed map[string]bool // origins that are not worth another request
}

func newPlan() *plan { return &plan{seen: make(map[string]bool), closed: make(map[string]bool)} }

// add puts an address in its place, once.
func (p *plan) add(c candidate) {
	if p.seen[c.url] {
		return
	}
	p.seen[c.url] = true
	at := slices.IndexFunc(p.queue, func(q candidate) bool { return q.score < c.score })
	if at < 0 {
		at = len(p.queue)
	}
	p.queue = slices.Insert(p.queue, at, c)
}

// next takes the likeliest address.
func (p *plan) next() (c candidate, ok bool) {
	for len(p.queue) > 0 {
		c, p.queue = p.queue[0], p.queue[1:]
		if !p.closed[origin(c.url)] {
			return c, true
		}
	}
	return candidate{}, false
}

// close drops what is left of the origin of url.
func (p *plan) close(url string) { p.closed[origin(url)] = true }

// addDevice adds the known addresses of d on the server that url is of. A
// device of a mark comes before others.
func (p *plan) addDevice(t target, url string, d *device, marked bool) {
	stream, still, why := scoreKnown, scoreStill, byDevice
	if !marked {
		stream, still, why = scoreGuess, scoreAnyStill, byGuess
	}
	for i, path := range d.streams {
		p.addPath(t, url, path, candidate{score: stream - i, why: why, from: d}, marked)
	}
	for i, path := range d.snapshots {
		p.addPath(t, url, path, candidate{score: still - i, why: why, from: d}, marked)
	}
}

// addPath adds one known address. Of one that begins with a port, the port
// counts only when the device bears the mark or the port was left open.
func (p *plan) addPath(t target, url, path string, c candidate, marked bool) {
	u := parseTarget(url)
	c.url = originOf(u.scheme, u.host, u.port) + path
	if number, ok := strings.CutPrefix(path, ":"); ok {
		i := strings.IndexByte(number, '/')
		if !marked && (t.port != "" || !slices.Contains(ports, number[:i])) {
			return
		}
		c.url = originOf("http", u.host, number[:i]) + number[i:]
	}
	p.add(c)
}

// leastMark is the length from which a mark counts in the text of a page.
const leastMark = 5

// marked returns the devices whose marks are in the head of an answer or in
// the text of its page, both in lower case. Those whose mark is longer come
// first: it says more.
func marked(head, text string) []*device {
	longest := make(map[*device]int)
	var found []*device
	for i := range devices {
		d := &devices[i]
		for _, mark := range d.marks {
			if strings.Contains(head, mark) || len(mark) >= leastMark && strings.Contains(text, mark) {
				if longest[d] == 0 {
					found = append(found, d)
				}
				longest[d] = max(longest[d], len(mark))
			}
		}
	}
	slices.SortStableFunc(found, func(a, b *device) int { return longest[b] - longest[a] })
	return found
}
