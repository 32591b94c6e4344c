package probe

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds of what is taken from a web page.
const (
	maxPage    = 256 << 10
	maxGuessed = 4 << 10 // of one at an address that was only guessed
	maxLinks   = 20
	maxTitle   = 100 // characters
)

// page is what matters of a web page.
type page struct {
	title string
	login bool   // it asks for a password
	links []link // the likeliest first
}

// link is an address in a page that may give pictures, or a page within it.
type link struct {
	url        string
	likelihood int // from 1
	frame      bool
}

// readPage reads the beginning of a page that is at address. Only links to its
// own host are taken: no scheme but HTTP, and no user name in them.
func readPage(address string, text []byte) page {
	var p page
	base, err := url.Parse(address)
	if err != nil || base.Hostname() == "" {
		base = nil // an address with odd bytes: its relative links can't be told
	}
	p.walk(html.NewTokenizer(strings.NewReader(string(text))), &base)
	slices.SortStableFunc(p.links, func(a, b link) int { return cmp.Compare(b.likelihood, a.likelihood) })
	p.links = p.links[:min(len(p.links), maxLinks)]
	return p
}

// walk reads the page token by token: what is cut or malformed still gives
// what stands before.
func (p *page) walk(z *html.Tokenizer, base **url.URL) {
	var inside atom.Atom // of title or script
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			text := string(z.Text())
			if inside == atom.Title && p.title == "" {
				p.title = cutTitle(text)
			}
			if inside == atom.Script {
				for _, m := range scriptURL.FindAllString(text, 50) {
					p.add(*base, strings.Trim(m, "\"'`"), 10, false)
				}
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			inside = token.DataAtom
			p.element(token, base)
		case html.EndTagToken:
			inside = 0
		}
	}
}

// scriptURL finds texts in scripts that look like the address of pictures.
var scriptURL = regexp.MustCompile("(?i)" +
	"[\"'`][^\"'`\\s<>{}$]{0,300}(?:mjpe?g|stream|snapshot|video_feed|\\.jpe?g)(?:[?&;/=][^\"'`\\s<>{}$]{0,200})?[\"'`]")

// element takes what an element names.
func (p *page) element(token html.Token, base **url.URL) {
	attr := make(map[string]string, len(token.Attr))
	for _, a := range token.Attr {
		attr[a.Key] = a.Val
	}
	switch token.DataAtom {
	case atom.Base:
		if *base == nil {
			return
		}
		if u, err := (*base).Parse(attr["href"]); err == nil && u.Host == (*base).Host {
			*base = u
		}
	case atom.Img, atom.Image, atom.Video, atom.Source, atom.Embed, atom.Input:
		if token.DataAtom == atom.Input && strings.EqualFold(attr["type"], "password") {
			p.login = true
		}
		p.add(*base, attr["src"], 40, false)
		p.add(*base, attr["data-src"], 30, false)
	case atom.Object:
		p.add(*base, attr["data"], 20, false)
	case atom.Iframe, atom.Frame:
		p.add(*base, attr["src"], 35, true)
	case atom.A, atom.Area:
		p.add(*base, attr["href"], 0, false)
	}
}

// likely and unlikely are pieces of addresses, with how much they say.
var likely = []struct {
	piece  string
	weight int
}{
	{"mjpg", 30}, {"mjpeg", 30}, {"action=stream", 30}, {"video_feed", 25}, {"stream", 20}, {"videostream", 10}, {"video", 15},
	{"snapshot", 12}, {"live", 10}, {"capture", 10}, {"feed", 10}, {"camera", 8}, {"webcam", 8}, {"cam", 5}, {".jpg", 5}, {".jpeg", 5}, {"image", 3}, {".cgi", 3},
	{"logo", -60}, {"icon", -40}, {"button", -40}, {"banner", -40}, {".png", -50}, {".gif", -50}, {".svg", -60}, {".css", -90}, {".js", -90},
	{".html", -10}, {".ico", -90}, {".mp4", -50}, {".webm", -50}, {".zip", -90}, {"logout", -200}, {"reboot", -200}, {"reset", -200}, {"delete", -200},
	{"restart", -200}, {"shutdown", -200}, {"upgrade", -200}, {"format", -50},
}

// add takes one address, if it may give pictures. What could make the camera
// do something other than show itself is never asked for.
func (p *page) add(base *url.URL, ref string, weight int, isFrame bool) {
	ref = strings.TrimSpace(ref)
	if base == nil || ref == "" || strings.HasPrefix(ref, "#") || len(ref) > 1000 {
		return
	}
	u, err := base.Parse(ref)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !strings.EqualFold(u.Hostname(), base.Hostname()) {
		return
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	u.Path = cmp.Or(u.Path, "/")
	lower := strings.ToLower(u.EscapedPath() + "?" + u.RawQuery)
	found := false
	for _, l := range likely {
		if strings.Contains(lower, l.piece) {
			weight += l.weight
			found = found || l.weight > 0
		}
	}
	if weight <= 0 || !found && weight < 15 {
		return
	}
	address := u.String()
	for i := range p.links {
		if p.links[i].url == address {
			p.links[i].likelihood = max(p.links[i].likelihood, weight)
			return
		}
	}
	p.links = append(p.links, link{url: address, likelihood: weight, frame: isFrame})
}

// cutTitle makes one short line of a title.
func cutTitle(s string) string {
	r := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " "))
	return string(r[:min(len(r), maxTitle)])
}
