package web

import (
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sources returns the embedded files with one of the extensions.
func sources(t *testing.T, extensions ...string) map[string]string {
	t.Helper()
	found := make(map[string]string)
	err := fs.WalkDir(embedded, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains(extensions, path.Ext(name)) {
			return err
		}
		b, err := embedded.ReadFile(name)
		found[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatalf("no files with %v", extensions)
	}
	return found
}

// all1 returns what the first group of re matches in s.
func all1(re, s string) []string {
	var found []string
	for _, m := range regexp.MustCompile(re).FindAllStringSubmatch(s, -1) {
		found = append(found, m[1])
	}
	return found
}

// imports returns the paths of the modules that a script imports by itself.
func imports(script string) []string {
	var found []string
	for _, name := range all1(`(?m)^(?:import|export)\b[^'"]*['"]\./([^'"]+)['"]`, script) {
		found = append(found, "static/"+name)
	}
	return found
}

// TestReferences checks that whatever a page, a script or a style names of our
// own is there.
func TestReferences(t *testing.T) {
	count := 0
	for name, text := range sources(t, ".html", ".js", ".css", ".svg") {
		refs := all1("['\"(`](/static/[^'\"#?)`$]+)", text)
		for _, imported := range imports(text) {
			refs = append(refs, "/"+imported)
		}
		for _, ref := range append(refs, all1(`url\(['"]?(/?[^'")#]+)`, text)...) {
			count++
			if _, err := fs.Stat(embedded, strings.TrimPrefix(ref, "/")); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if count < 50 {
		t.Errorf("only %d references found; the expressions of this test are wrong", count)
	}
}

// TestPagesPreloadTheirModules checks that a page names exactly the modules that
// its script needs, so that none is found out only after another has come.
func TestPagesPreloadTheirModules(t *testing.T) {
	scripts := sources(t, ".js")
	for name, text := range sources(t, ".html") {
		entry := all1(`<script type="module" src="/([^"]+)"`, text)
		if len(entry) != 1 {
			t.Fatalf("%s has the scripts %v", name, entry)
		}
		need := map[string]bool{}
		for queue := entry; len(queue) > 0; queue = queue[1:] {
			for _, imported := range imports(scripts[queue[0]]) {
				if !need[imported] {
					need[imported] = true
					queue = append(queue, imported)
				}
			}
		}
		preloaded := all1(`<link rel="modulepreload" href="/([^"]+)"`, text)
		for _, module := range preloaded {
			if !need[module] {
				t.Errorf("%s preloads %s and does not need it", name, module)
			}
			delete(need, module)
		}
		for module := range need {
			t.Errorf("%s does not preload %s", name, module)
		}
	}
}

// TestPagesObeyTheirPolicy checks that nothing stands in the markup which the
// Content-Security-Policy forbids, and that no script writes markup.
func TestPagesObeyTheirPolicy(t *testing.T) {
	for name, text := range sources(t, ".html") {
		for _, bad := range []string{`<script>`, `<style`, `\sstyle=`, `\son[a-z]+=`, `javascript:`, `https?://`} {
			if m := regexp.MustCompile(`(?i)` + bad).FindString(text); m != "" {
				t.Errorf("%s holds %q", name, m)
			}
		}
	}
	for name, text := range sources(t, ".js") {
		for _, bad := range []string{`innerHTML`, `outerHTML`, `insertAdjacentHTML`, `document\.write`, `\beval\(`, `new Function`, `setAttribute\('style'`, `setHTML`} {
			if m := regexp.MustCompile(bad).FindString(text); m != "" {
				t.Errorf("%s uses %q", name, m)
			}
		}
	}
}

// TestPasswordsNeverGoIntoAddresses checks that a form which a person sends
// before its script has come is not sent as an address.
func TestPasswordsNeverGoIntoAddresses(t *testing.T) {
	count := 0
	for name, text := range sources(t, ".html") {
		if name == "pages/wall.html" { // whose forms only a script shows
			continue
		}
		for _, form := range all1(`<form([^>]*)>`, text) {
			if count++; !strings.Contains(form, `method="post"`) && !strings.Contains(form, `method="dialog"`) {
				t.Errorf("%s: <form%s> would be sent as an address", name, form)
			}
		}
	}
	if count < 6 {
		t.Errorf("only %d forms found; the expression of this test is wrong", count)
	}
}

// TestWords checks that every text that markup asks for is in texts.js, and
// every text there is asked for.
func TestWords(t *testing.T) {
	texts := sources(t, ".js")["static/texts.js"]
	_, block, _ := strings.Cut(texts, "export const words = {")
	block, _, _ = strings.Cut(block, "\n};")
	known := all1(`(?m)^  (\w+): `, block)
	var shown []string
	for name, text := range sources(t, ".html", ".js") {
		asked := all1(`data-(?:text|label|placeholder)="(\w+)"`, text)
		shown = append(append(shown, asked...), all1(`\bwords\.(\w+)`, text)...)
		for _, key := range asked {
			if !slices.Contains(known, key) {
				t.Errorf("%s asks for the text %q", name, key)
			}
		}
	}
	for _, key := range known {
		if !slices.Contains(shown, key) {
			t.Errorf("texts.js has the text %q that nobody shows", key)
		}
	}
}

// TestIcons checks that every icon that is named is drawn.
func TestIcons(t *testing.T) {
	sprite := sources(t, ".svg")["static/icons.svg"]
	drawn := all1(`<symbol id="([^"]+)"`, sprite)
	named := []string{"disabled", "idle", "connecting", "live", "stale", "offline"} // by state
	for name, text := range sources(t, ".html", ".js") {
		if name != "static/texts.js" {
			named = append(named, all1(`icons\.svg#([\w-]+)`, text)...)
			named = append(named, all1(`\bicon\('([\w-]+)'`, text)...)
			for _, arguments := range all1(`\bsetIcon\(([^;]*);`, text) {
				named = append(named, all1(`'([a-z]+)'`, arguments)...)
			}
		}
	}
	for _, id := range named {
		if !slices.Contains(drawn, id) {
			t.Errorf("no icon %q", id)
		}
	}
	for _, id := range drawn {
		if !slices.Contains(named, id) {
			t.Errorf("icon %q is never shown", id)
		}
	}
}

// TestDrawings checks that the drawings are well-formed: a browser shows
// nothing of one that is not.
func TestDrawings(t *testing.T) {
	for name, text := range sources(t, ".svg") {
		for d := xml.NewDecoder(strings.NewReader(text)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
		}
	}
}

// TestFormPointersHaveControls checks that each control of a dialog that stands
// in the markup has exactly one label. The form of a camera is made by a script.
func TestFormPointersHaveControls(t *testing.T) {
	page := sources(t, ".html")["pages/wall.html"]
	ids := all1(`<(?:input|select|textarea) id="([^"]+)"`, page)
	for _, id := range ids {
		if n := len(all1(`<label (?:[^>]* )?(for="`+id+`")`, page)); n != 1 {
			t.Errorf("the control %s has %d labels", id, n)
		}
	}
	if len(ids) < 5 {
		t.Errorf("only %d controls found; the expression of this test is wrong", len(ids))
	}
}
