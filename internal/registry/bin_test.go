package registry

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/camera"
	"camhub/internal/fault"
)

func ids(s string) []camera.ID {
	var list []camera.ID
	for id := range strings.FieldsSeq(s) {
		list = append(list, camera.ID(id))
	}
	return list
}

func TestBinForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bin
		b.put(camera.Definition{ID: "a"}, ids("a b"))
		time.Sleep(keepRemoved - time.Second)
		b.put(camera.Definition{ID: "b"}, ids("b"))
		if b.get("a") == nil || b.get("b") == nil {
			t.Error("it has forgotten too early")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if b.get("a") != nil || b.get("b") == nil || len(b.list) != 1 {
			t.Errorf("it holds %v", b.list)
		}
		for i := range 3 * maxRemoved {
			id := camera.ID(fmt.Sprint("c", i))
			b.put(camera.Definition{ID: id}, []camera.ID{id})
		}
		if len(b.list) != maxRemoved || b.get(camera.ID(fmt.Sprint("c", 3*maxRemoved-1))) == nil {
			t.Errorf("it holds %d cameras", len(b.list))
		}
		b.close()
		b.put(camera.Definition{ID: "d"}, ids("d"))
		if len(b.list) != 0 {
			t.Errorf("it holds %v after it was closed", b.list)
		}
	})
}

// TestPlaceOnTheWall deletes cameras, changes the wall, and brings them back.
func TestPlaceOnTheWall(t *testing.T) {
	tests := []struct{ wall, deleted, then, back, want string }{
		{"a b c", "b", "a c", "b", "a b c"},
		{"a b c", "a", "b c", "a", "a b c"},
		{"a b c", "c", "a b", "c", "a b c"},
		{"a", "a", "", "a", "a"},
		{"a b c", "a b", "c", "a b", "a b c"},
		{"a b c", "a b", "c", "b a", "a b c"},
		{"a b c", "b a", "c", "a b", "a b c"},
		{"a b c", "b a", "c", "b a", "a b c"},
		{"a b c", "c b a", "", "b a c", "a b c"},
		{"a b c", "b", "c x a", "b", "c x a b"}, // behind the one that stood before it
		{"a b c", "a", "x c b", "a", "x c a b"},
		{"a b", "a b", "x y", "b a", "x y a b"}, // nobody is left that it stood beside
	}
	for _, tt := range tests {
		var b bin
		wall := ids(tt.wall)
		for _, id := range ids(tt.deleted) {
			b.put(camera.Definition{ID: id}, slices.Clone(wall))
			wall = slices.DeleteFunc(wall, func(other camera.ID) bool { return other == id })
		}
		wall = ids(tt.then)
		for _, id := range ids(tt.back) {
			gone := b.get(id)
			wall = slices.Insert(wall, place(wall, gone), id)
			b.forget(gone)
		}
		if !slices.Equal(wall, ids(tt.want)) {
			t.Errorf("%s without %s, then %s, with %s back: %s, want %s", tt.wall, tt.deleted, tt.then, tt.back, wall, tt.want)
		}
		b.close()
	}
}

func TestDuplicateCopiesSecrets(t *testing.T) {
	r := newRegistry(t)
	create(t, r, `{"id":"a","name":"A","source":{"kind":"still","password":"secret"}}`)
	for body, want := range map[string]string{
		`{"id":"same"}`: "secret",
		`{"id":"shown","source":{"password_set":true}}`:  "secret",
		`{"id":"other","source":{"password":"other"}}`:   "other",
		`{"id":"without","source":{"password":null}}`:    "",
		`{"id":"moved","source":{"url":"http://else/"}}`: "secret",
	} {
		d, err := r.Duplicate(t.Context(), "a", []byte(body), Condition{})
		if err != nil {
			t.Fatal(err)
		}
		if got := stored(t, r, d.ID); got != want || strings.Contains(string(d.Source.Options), "secret") {
			t.Errorf("%s: the password is %q, want %q; shown is %s", body, got, want, d.Source.Options)
		}
	}
}

func TestRestoreBringsBackSecrets(t *testing.T) {
	r := newRegistry(t)
	create(t, r, `{"id":"a","name":"A","source":{"kind":"still","password":"secret"}}`)
	if err := r.Delete(t.Context(), "a", Condition{}); err != nil {
		t.Fatal(err)
	}
	d, err := r.Restore(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if got := stored(t, r, "a"); got != "secret" || strings.Contains(string(d.Source.Options), "secret") {
		t.Errorf("the password is %q; shown is %s", got, d.Source.Options)
	}
	if _, err := r.Hub().Stream("a"); err != nil {
		t.Errorf("it does not run: %v", err)
	}
	if err := r.Delete(t.Context(), "a", Condition{}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Restore(t.Context(), "a"); err != nil {
		t.Error(err)
	}
	if _, err := r.Restore(t.Context(), "b"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("of a camera that never was: %v", err)
	}
	if r.bin.get("a") != nil {
		t.Error("what was brought back is remembered")
	}
}
