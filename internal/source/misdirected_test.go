package source_test

import (
	"encoding/json"
	"slices"
	"testing"

	"camhub/internal/camera"
	"camhub/internal/source"
	"camhub/internal/source/mjpeg"
	"camhub/internal/source/snapshot"
)

// TestStoredSecretsStayAtHome changes the address of a camera in many ways, and
// looks which secrets would go along unasked.
func TestStoredSecretsStayAtHome(t *testing.T) {
	kinds := source.Kinds{mjpeg.Kind, snapshot.Kind}
	old := camera.Source{Kind: "mjpeg", Options: json.RawMessage(
		`{"headers":{"X-Token":"t"},"password":"p","url":"http://10.0.0.5/video","username":"u"}`)}
	tests := []struct {
		kind, given string
		misdirected []string
	}{
		{"mjpeg", `{"url":"http://10.0.0.5/other?x=1"}`, nil},
		{"mjpeg", `{"url":"http://10.0.0.5:80/video"}`, nil},
		{"mjpeg", `{"url":"HTTP://10.0.0.5/video"}`, nil},
		{"mjpeg", `{"url":"http://10.0.0.6/video"}`, []string{"password", "headers"}},
		{"snapshot", `{"url":"http://10.0.0.6/video"}`, []string{"password", "headers"}},
		{"mjpeg", `{"url":"http://10.0.0.5:81/video"}`, []string{"password", "headers"}},
		{"mjpeg", `{"url":"https://10.0.0.5/video"}`, []string{"password", "headers"}},
		{"mjpeg", `{"url":"http://10.0.0.6/","password":"q"}`, []string{"headers"}},
		{"mjpeg", `{"url":"http://10.0.0.6/","password":null,"headers":null}`, nil},
		{"mjpeg", `{"url":"http://10.0.0.6/","password":"p","headers":{}}`, nil},
		{"mjpeg", `{"url":"http://v:q@10.0.0.6/"}`, []string{"headers"}},
		{"mjpeg", `{"url":"http://10.0.0.5@evil.example/","headers":null}`, nil},
	}
	for _, tt := range tests {
		given := camera.Source{Kind: tt.kind, Options: json.RawMessage(tt.given)}
		got := kinds.Misdirected(given, old, kinds.Inherit(given, old))
		if !slices.Equal(got, tt.misdirected) {
			t.Errorf("%s: %v, want %v", tt.given, got, tt.misdirected)
		}
	}
}
