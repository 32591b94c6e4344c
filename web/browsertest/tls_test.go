package browsertest

import (
	"testing"

	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/chromedp"
)

// TestOverTLS uses a hub with a certificate of its own as a person does who has
// accepted it. Over HTTP/2 a page may have more feeds than the six that a browser
// opens over HTTP/1.1, and still talk to the hub.
func TestOverTLS(t *testing.T) {
	t.Parallel()
	h := &hub{t: t, program: program, data: t.TempDir()}
	h.start("--tls-self-signed", "--demo")
	b := startBrowser(t)
	p := b.open("about:blank", "")
	call(p, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true})
	p.do(chromedp.Navigate(h.url))
	p.waitForMotion("front-door")
	p.waitFor(`location.protocol === 'https:' && isSecureContext`)
	p.waitFor(`(() => {
		globalThis.feeds ??= Array.from({ length: 12 }, (_, i) => {
			const img = document.createElement('img');
			img.src = '/cameras/workshop/feed?n=' + i;
			document.body.append(img);
			return img;
		});
		return feeds.every((img) => img.naturalWidth > 0);
	})()`)
	p.waitFor(`(globalThis.asked ??= fetch('/api/v1/status').then((r) => { globalThis.answered = r.ok; }), globalThis.answered)`)
	p.waitFor(`performance.getEntriesByType('resource').some((e) => e.name.endsWith('/api/v1/status') && e.nextHopProtocol === 'h2')`)
}
