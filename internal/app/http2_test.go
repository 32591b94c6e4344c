package app

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestHTTP2 reads a feed over HTTP/2 without TLS, as a proxy in front does, for
// longer than one write may take.
func TestHTTP2(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	h.want(201, "POST", "/api/v1/cameras", `{"id":"a","name":"A","source":{"kind":"emulated","width":64,"height":48,"fps":30}}`)
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: &protocols}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport, Timeout: time.Minute}).Get(h.url + "/cameras/a/feed")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.ProtoMajor != 2 || resp.StatusCode != 200 {
		t.Fatalf("got %s %s", resp.Proto, resp.Status)
	}
	pictures := 0
	for lines := bufio.NewReader(resp.Body); pictures < 20; {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("after %d pictures: %v", pictures, err)
		}
		if strings.HasPrefix(line, "Content-Length: ") {
			pictures++
		}
	}
}
