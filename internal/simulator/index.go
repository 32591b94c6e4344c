package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
)

// listed is a camera as /fixtures.json shows it.
type listed struct {
	*Fixture
	Camera map[string]any `json:"camera"` // the body of POST /api/v1/cameras
	counts
}

// list returns all cameras, with the addresses that this viewer can use.
func (x *exchange) list() []listed {
	all := make([]listed, len(fixtures))
	for i := range fixtures {
		f := &fixtures[i]
		all[i] = listed{f, map[string]any{"name": f.Name, "source": f.source(x)}, x.books[f.Name].now()}
	}
	return all
}

func serveList(x *exchange) error {
	b, err := json.MarshalIndent(map[string]any{"fixtures": x.list()}, "", " ")
	if err != nil {
		return fmt.Errorf("encode the list of cameras: %w", err)
	}
	return x.answer("200 OK", "application/json", string(b)+"\n", "Cache-Control: no-store\r\n")
}

func serveIndex(x *exchange) error {
	var b bytes.Buffer
	if err := indexPage.Execute(&b, map[string]any{"All": x.list(), "User": userName, "Password": password}); err != nil {
		return fmt.Errorf("make the page of all cameras: %w", err)
	}
	return x.answer("200 OK", "text/html; charset=utf-8", b.String(), "Cache-Control: no-store\r\n")
}

var indexPage = template.Must(template.New("index").Parse(`<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>camhub simulator</title>
<style>
body { font: 16px/1.4 sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid #ccc; padding: .3em .8em .3em 0; text-align: left; vertical-align: top }
@media (prefers-color-scheme: dark) { body { background: #111; color: #ddd } a { color: #8bf } }
</style>
<h1>Cameras with every known defect</h1>
<p>Each link is a camera. Where one asks for a login, it is <code>{{.User}}</code> with the password
<code>{{.Password}}</code>. <a href="/fixtures.json">/fixtures.json</a> lists them for programs, with what
to POST to camhub for each, and how many connections and requests it has seen.</p>
<table>
<tr><th>Camera<th>What is wrong<th>Seen with<th>What a good reader makes of it
{{range .All}}<tr><td><a href="{{.Camera.source.url}}">{{.Name}}</a><td>{{.Doc}}<td>{{.Seen}}<td>
{{- if .Want.Pictures}}pictures{{range .Want.Quirks}}, {{.}}{{end}}{{else}}{{range $i, $c := .Want.Codes}}{{if $i}} or {{end}}{{$c}}{{end}}{{end}}
{{end}}</table>
</html>
`))
