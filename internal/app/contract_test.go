package app

import (
	"bytes"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// contract checks what the hub answers against the OpenAPI document, more
// strictly than the document itself, which leaves room for later versions: a
// field that it does not name, or names as writeOnly, is a fault.
type contract struct {
	doc      map[string]any
	compiler *jsonschema.Compiler

	mu      sync.Mutex // guards what follows and the compiler
	schemas map[string]*jsonschema.Schema
	seen    map[string]bool // "getCamera 200"
}

const contractFile = "../api/openapi.json"

// readContract reads the document. strict closes its schemas for answers.
func readContract(t *testing.T, strict bool) *contract {
	t.Helper()
	b, err := os.ReadFile(contractFile)
	if err != nil {
		t.Fatal(err)
	}
	doc := parseJSON(t, b).(map[string]any)
	if strict {
		tighten(doc)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("contract.json", doc); err != nil {
		t.Fatal(err)
	}
	return &contract{doc: doc, compiler: c, schemas: make(map[string]*jsonschema.Schema), seen: make(map[string]bool)}
}

func parseJSON(t *testing.T, b []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("not JSON: %v: %q", err, b)
	}
	return v
}

// tighten removes what is writeOnly and closes every object with properties.
func tighten(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			tighten(e)
		}
	case map[string]any:
		if props, ok := v["properties"].(map[string]any); ok {
			maps.DeleteFunc(props, func(_ string, p any) bool {
				schema, ok := p.(map[string]any)
				return ok && schema["writeOnly"] == true
			})
			if _, ok := v["additionalProperties"]; !ok {
				v["additionalProperties"] = false
			}
		}
		for _, e := range v {
			tighten(e)
		}
	}
}

// at follows a path of keys from v, through references.
func (c *contract) at(v any, keys ...string) (map[string]any, string) {
	where := "#"
	for {
		m, ok := v.(map[string]any)
		if ref, isRef := m["$ref"].(string); ok && isRef {
			v, where = any(c.doc), "#"
			for key := range strings.SplitSeq(ref[2:], "/") {
				v = v.(map[string]any)[key]
				where += "/" + key
			}
			continue
		}
		if !ok || len(keys) == 0 {
			return m, where
		}
		v = m[keys[0]]
		where += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(keys[0])
		keys = keys[1:]
	}
}

// validate checks v against the schema at a place of the document.
func (c *contract) validate(where string, v any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.schemas[where]
	if s == nil {
		var err error
		if s, err = c.compiler.Compile("contract.json" + where); err != nil {
			return err
		}
		c.schemas[where] = s
	}
	return s.Validate(v)
}

// find returns the path of the document that a request's path belongs to, or "".
func (c *contract) find(path string) string {
	paths, _ := c.at(c.doc, "paths")
	best := ""
	for _, template := range slices.Sorted(maps.Keys(paths)) {
		if matches(template, path) && (best == "" || strings.Count(template, "{") < strings.Count(best, "{")) {
			best = template
		}
	}
	return best
}

func matches(template, path string) bool {
	if prefix, ok := strings.CutSuffix(template, "{file}"); ok {
		return strings.HasPrefix(path, prefix) && len(path) > len(prefix)
	}
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i, segment := range want {
		if segment != got[i] && (!strings.HasPrefix(segment, "{") || got[i] == "") {
			return false
		}
	}
	return true
}

// check reports every way in which an answer is not as the document says.
func (c *contract) check(t *testing.T, r *http.Response, body []byte) {
	t.Helper()
	where, name := "#/components/responses/NotFound", "no path"
	if template := c.find(r.Request.URL.Path); template != "" {
		method := strings.ToLower(r.Request.Method)
		if method == "head" {
			method = "get"
		}
		if op, at := c.at(c.doc, "paths", template, method); op != nil {
			where, name = at+"/responses/"+fmt.Sprint(r.StatusCode), op["operationId"].(string)
		} else {
			where, name = "#/components/responses/MethodNotAllowed", "no method"
		}
	}
	keys := strings.Split(where[2:], "/")
	for i, key := range keys {
		keys[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(key)
	}
	response, where := c.at(c.doc, keys...)
	if response == nil {
		t.Errorf("%s %s: status %d is not in the contract: %s", r.Request.Method, r.Request.URL, r.StatusCode, body)
		return
	}
	c.mu.Lock()
	c.seen[fmt.Sprint(name, " ", r.StatusCode)] = true
	c.mu.Unlock()
	if err := c.checkHeader(where, response, r); err != nil {
		t.Errorf("%s %s: %d: %v", r.Request.Method, r.Request.URL, r.StatusCode, err)
	}
	if err := c.checkBody(where, response, r, body); err != nil {
		t.Errorf("%s %s: %d: %v\n%.2000s", r.Request.Method, r.Request.URL, r.StatusCode, err, body)
	}
}

// plainHeaders belong to HTTP and not to the contract.
var plainHeaders = []string{"Date", "Content-Type", "Content-Length", "Connection"}

// ofContent tell of what is sent, and may be left out where HEAD does not make it (RFC
// 9110, section 9.3.2).
var ofContent = []string{"Content-Disposition", "Last-Modified", "Repr-Digest", "X-Timestamp"}

// checkHeader compares the header with the one that is documented.
func (c *contract) checkHeader(where string, response map[string]any, r *http.Response) error {
	h := r.Header
	documented, _ := response["headers"].(map[string]any)
	known := make(map[string]bool)
	for name := range documented {
		spec, at := c.at(response, "headers", name)
		if at == "#/headers/"+name {
			at = where + at[1:]
		}
		name = http.CanonicalHeaderKey(name)
		known[name] = true
		values, ok := h[name]
		left := r.Request.Method == http.MethodHead && slices.Contains(ofContent, name)
		if !ok && spec["required"] == true && !left {
			return fmt.Errorf("the header %s is missing", name)
		}
		for _, v := range values {
			if err := c.validate(at+"/schema", v); err != nil {
				return fmt.Errorf("header %s: %q: %w", name, v, err)
			}
		}
	}
	for name := range h {
		if !known[name] && !slices.Contains(plainHeaders, name) {
			return fmt.Errorf("the header %s is not in the contract", name)
		}
	}
	return nil
}

// checkBody compares the body with the schema of its content type.
func (c *contract) checkBody(where string, response map[string]any, r *http.Response, body []byte) error {
	content, ok := response["content"].(map[string]any)
	if !ok || r.Request.Method == http.MethodHead {
		if len(body) != 0 {
			return fmt.Errorf("there is a body")
		}
		return nil
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	spec, ok := content[media].(map[string]any)
	if !ok {
		return fmt.Errorf("the content type %s is not in the contract", media)
	}
	at := where + "/content/" + strings.ReplaceAll(media, "/", "~1")
	switch {
	case spec["x-item-schema"] != nil:
		for line := range bytes.Lines(body) {
			if err := c.validateJSON(at+"/x-item-schema", line); err != nil {
				return err
			}
		}
		return nil
	case strings.HasSuffix(media, "json") && r.StatusCode != http.StatusPartialContent:
		return c.validateJSON(at+"/schema", body)
	}
	return nil
}

func (c *contract) validateJSON(where string, b []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		return err
	}
	return c.validate(where, v)
}

// documented returns every operation with every status that it can have.
func (c *contract) documented() []string {
	var all []string
	paths, _ := c.at(c.doc, "paths")
	for _, item := range paths {
		for _, op := range item.(map[string]any) {
			op, ok := op.(map[string]any)
			if !ok { // the parameters
				continue
			}
			for status := range op["responses"].(map[string]any) {
				all = append(all, op["operationId"].(string)+" "+status)
			}
		}
	}
	slices.Sort(all)
	return all
}
