package portable

import (
	"slices"
	"strings"
	"testing"

	"camhub/internal/seal"
)

// TestSealedSecrets writes out a hub that has lost the key of some secrets, and reads
// such secrets in: nothing that is sealed leaves a hub, or comes into one.
func TestSealedSecrets(t *testing.T) {
	hub, db := newHub(t)
	protect := func(key seal.Key) {
		t.Helper()
		if _, err := db.Protect(seal.NewVault(seal.Ring{key}, kinds.Secrets)); err != nil {
			t.Fatal(err)
		}
	}
	protect(seal.NewKey())
	imported(t, hub, `{camhub: 1, cameras: [{id: a, name: A, source: {kind: mjpeg, url: "http://h/", password: planted1, headers: {X-Key: planted2}}}]}`, false)
	protect(seal.NewKey()) // the first is lost
	s, err := hub.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(seal.Locked(s.Cameras[0].Source.Options)) != 2 {
		t.Fatalf("the secrets are not locked: %s", s.Cameras[0].Source.Options)
	}
	file, missing, err := Write(s, kinds, true)
	if err != nil || strings.Contains(string(file), "sealed") || !slices.Equal(missing, []string{"a: headers, password"}) {
		t.Errorf("without %v, %v:\n%s", missing, err, file)
	}
	if p := imported(t, hub, string(file), false); !p.Empty() {
		t.Errorf("what is left out does not stay: %+v", p.Steps)
	}

	sealed := string(seal.Locked(s.Cameras[0].Source.Options)["/password"])
	for source, field := range map[string]string{
		`{kind: mjpeg, url: "http://elsewhere/", password: ` + sealed + `}`:         "source.password",
		`{kind: mjpeg, url: "http://elsewhere/", headers: {X-Key: ` + sealed + `}}`: "source.headers.X-Key",
	} {
		f, err := Read("f.yaml", strings.NewReader("{camhub: 1, cameras: [{id: b, name: B, source: "+source+"}]}"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewPlan(f, s, kinds, false); err == nil || !strings.Contains(err.Error(), field+" is sealed") {
			t.Errorf("%s: %v", source, err)
		}
	}
}
