package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"camhub/internal/camera"
)

func kindSecrets(kind string) ([]string, bool) {
	if kind == "mjpeg" {
		return []string{"password", "headers"}, true
	}
	return nil, false
}

func definition(id camera.ID, kind, options string) camera.Definition {
	return camera.Definition{ID: id, Source: camera.Source{Kind: kind, Options: json.RawMessage(options)}}
}

func TestSealedValueOpensInItsPlaceOnly(t *testing.T) {
	k, other := NewKey(), NewKey()
	value := json.RawMessage(`"pass  \u0000<word>  "`)
	sealed := Ring{k}.Seal("front", "/password", value)
	if !IsSealed(sealed) || bytes.Contains(sealed, []byte("word")) {
		t.Fatalf("sealed: %s", sealed)
	}
	for _, tt := range []struct {
		name  string
		ring  Ring
		id    camera.ID
		field string
		err   error
	}{
		{"its place", Ring{k}, "front", "/password", nil},
		{"an old key", Ring{other, k}, "front", "/password", nil},
		{"another camera", Ring{k}, "back", "/password", ErrDamaged},
		{"another field", Ring{k}, "front", "/headers/X-Key", ErrDamaged},
		{"places that read alike", Ring{k}, "fron", "t/password", ErrDamaged},
		{"another key", Ring{other}, "front", "/password", ErrOtherKey},
		{"no key", nil, "front", "/password", ErrOtherKey},
	} {
		got, err := tt.ring.Open(tt.id, tt.field, sealed)
		if !errors.Is(err, tt.err) || tt.err == nil && !bytes.Equal(got, value) {
			t.Errorf("%s: %s, %v", tt.name, got, err)
		}
	}
}

// TestEveryByteOfASealedValueCounts changes each character of one.
func TestEveryByteOfASealedValueCounts(t *testing.T) {
	ring := Ring{NewKey()}
	sealed := ring.Seal("a", "/password", json.RawMessage(`"secret"`))
	for i := range sealed {
		for _, to := range []byte{'A', 'b', '7', '.', '"', '\\'} {
			changed := bytes.Clone(sealed)
			if changed[i] == to {
				continue
			}
			changed[i] = to
			if got, err := ring.Open("a", "/password", changed); err == nil {
				t.Fatalf("with %q at %d it opens as %s: %s", to, i, got, changed)
			}
		}
	}
}

// TestNoncesAndLengths sees that equal values look different, and those of usual length
// equally long.
func TestNoncesAndLengths(t *testing.T) {
	ring := Ring{NewKey()}
	seen := make(map[string]bool)
	length := 0
	for i := range 200 {
		sealed := ring.Seal("a", "/password", json.RawMessage(`"`+strings.Repeat("x", i%60)+`"`))
		if seen[string(sealed)] {
			t.Fatal("two are alike")
		}
		seen[string(sealed)] = true
		if length = max(length, len(sealed)); len(sealed) != length {
			t.Fatalf("%d bytes, another %d", len(sealed), length)
		}
	}
}

func TestVault(t *testing.T) {
	k, next := NewKey(), NewKey()
	plain := `{"headers":{"X-Empty":"","X-Key":"h"},"max_frame_bytes":5,"password":"p","url":"http://h/?a=1\u00262"}`
	v := NewVault(Ring{k}, kindSecrets)
	sealed := v.Seal(definition("a", "mjpeg", plain))
	if got := fmt.Sprint(len(Locked(sealed.Source.Options))); got != "2" || !v.Stale(definition("a", "mjpeg", plain)) || v.Stale(sealed) {
		t.Errorf("%s are sealed: %s", got, sealed.Source.Options)
	}
	if again := v.Seal(sealed); !bytes.Equal(again.Source.Options, sealed.Source.Options) {
		t.Error("what was sealed was sealed again")
	}
	if got := v.Open(sealed).Source.Options; string(got) != plain {
		t.Errorf("opened: %s", got)
	}
	rotated := NewVault(Ring{next, k}, kindSecrets)
	if !rotated.Stale(sealed) || NewVault(Ring{next}, kindSecrets).Stale(sealed) {
		t.Error("stale is what can be opened, with another key than the first")
	}
	if got := NewVault(Ring{next}, kindSecrets).Open(sealed).Source.Options; !bytes.Equal(got, sealed.Source.Options) {
		t.Errorf("with another key: %s", got)
	}
	if moved := rotated.Seal(rotated.Open(sealed)); rotated.Stale(moved) || string(NewVault(Ring{next}, kindSecrets).Open(moved).Source.Options) != plain {
		t.Error("it was not moved to the other key")
	}
	for _, d := range []camera.Definition{sealed, definition("a", "mjpeg", plain)} {
		if got := string(v.Strip(d).Source.Options); got != `{"headers":{"X-Empty":""},"max_frame_bytes":5,"url":"http://h/?a=1\u00262"}` {
			t.Errorf("stripped: %s", got)
		}
	}
	if got := string(v.Strip(definition("a", "mjpeg", `{"headers":{},"password":""}`)).Source.Options); got != `{"headers":{},"password":""}` {
		t.Errorf("of nothing is left %s", got)
	}
	if got := string(v.Strip(definition("a", "later", plain)).Source.Options); got != "{}" {
		t.Errorf("of a kind that is not known is left: %s", got)
	}
	for _, odd := range []string{"", "null", "[]", `"x"`, "{}", `{"password":null}`, `{"password":{}}`} {
		if got := string(v.Seal(definition("a", "mjpeg", odd)).Source.Options); len(Locked(json.RawMessage(got))) > 0 {
			t.Errorf("%s becomes %s", odd, got)
		}
	}
}

func TestKeysAreRead(t *testing.T) {
	k := NewKey()
	text := k.Text()
	for _, form := range []string{text, text + "=", " " + text + "\n", strings.NewReplacer("+", "-", "/", "_").Replace(text), fmt.Sprintf("%x", k.secret), fmt.Sprintf("%X", k.secret)} {
		if got, err := ParseKey(form); err != nil || got != k {
			t.Errorf("%d characters: %v, %v", len(form), got, err)
		}
	}
	for _, bad := range []string{"", "secret", text[1:], text + "A", strings.Repeat("0", 64), strings.Repeat("zz", 32)} {
		if _, err := ParseKey(bad); err == nil || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("%d characters: %v", len(bad), err)
		}
	}
	other := NewKey()
	ring, err := ParseKeyFile("# a comment " + text + "\n" + text + "\n\n  " + other.Text() + "\r\n" + text)
	if err != nil || len(ring) != 2 || ring[0] != k || ring[1] != other {
		t.Errorf("%v, %v", ring, err)
	}
	if _, err := ParseKeyFile("# nothing\n"); err == nil {
		t.Error("a file without a key is taken")
	}
}

// TestKeyIsNotShown prints a key in every way that programs do by accident.
func TestKeyIsNotShown(t *testing.T) {
	k := NewKey()
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", k, "ring", Ring{k}, "keys", &Keys{Ring: Ring{k}})
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", k, "ring", Ring{k})
	fmt.Fprintf(&log, "%v %+v %s %x %d %#v %q", k, k, k, k.ID(), Ring{k}, &k, Ring{k})
	b, err := json.Marshal(map[string]any{"key": k, "ring": Ring{k}})
	if err != nil {
		t.Fatal(err)
	}
	log.Write(b)
	for _, form := range []string{k.Text(), fmt.Sprintf("%x", k.secret[:8]), fmt.Sprint(k.secret[:3])[1:]} {
		if strings.Contains(log.String(), strings.TrimSuffix(form, "]")) {
			t.Errorf("a key is in %s", &log)
		}
	}
	if !strings.Contains(log.String(), k.ID()) {
		t.Error("its ID is not there")
	}
}

// FuzzOpen opens what may stand in a database. Nothing but what was sealed opens.
func FuzzOpen(f *testing.F) {
	ring := Ring{{secret: [keyLen]byte{1}}}
	good := ring.Seal("a", "/password", json.RawMessage(`"x"`))
	f.Add([]byte(good))
	f.Add([]byte(`{"sealed by camhub":"1.` + ring[0].ID() + `.AAAA"}`))
	f.Add([]byte(`{"sealed by camhub":"2.."}`))
	f.Add([]byte(`{"sealed by camhub":1,"sealed by camhub":"1"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		value, err := ring.Open("a", "/password", b)
		if err == nil && string(value) != `"x"` {
			t.Errorf("%q opens as %s, %v", b, value, err)
		}
		if ring, err := ParseKeyFile(string(b)); (err == nil) != (len(ring) > 0) {
			t.Errorf("%q as a key file: %v, %v", b, ring, err)
		}
		v := NewVault(ring, kindSecrets)
		d := definition("a", "mjpeg", string(b))
		if sealed := v.Seal(d); v.Stale(sealed) {
			t.Errorf("%s is stale after it was sealed", b)
		}
	})
}
