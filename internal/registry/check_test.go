package registry

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/fault"
)

// looks counts the calls of Check.
var looks atomic.Int32

// Check makes of still a source.Checker: one address can be seen to be wrong.
func (s still) Check(context.Context) *multierror.Error {
	looks.Add(1)
	var errs *multierror.Error
	if s.URL == "http://known-to-be-wrong/" {
		return multierror.Append(errs, fault.Fieldf("/source/url", "is known to be wrong"))
	}
	return errs
}

func TestSourcesAreLookedAtBeforeTheyAreStored(t *testing.T) {
	r := newRegistry(t)
	const wrong = `{"id":"a","name":"A","source":{"kind":"still","url":"http://known-to-be-wrong/"}}`
	if _, err := r.Create(t.Context(), []byte(wrong)); pointers(err) != "/source/url" || fault.KindOf(err) != fault.Invalid {
		t.Errorf("create: %v", err)
	}
	if list, err := r.List(); err != nil || len(list) != 0 {
		t.Errorf("stored: %v, %v", list, err)
	}
	create(t, r, `{"id":"a","name":"A","source":{"kind":"still"}}`)
	if _, _, err := r.Replace(t.Context(), "a", []byte(wrong), Condition{}); pointers(err) != "/source/url" {
		t.Errorf("replace: %v", err)
	}
	if _, err := r.Patch(t.Context(), "a", []byte(`{"source":{"url":"http://known-to-be-wrong/"}}`), Condition{}); pointers(err) != "/source/url" {
		t.Errorf("patch: %v", err)
	}
	before := looks.Load()
	for _, patch := range []string{`{"name":"B"}`, `{"source":{"url":"http://default/"}}`} {
		if _, err := r.Patch(t.Context(), "a", []byte(patch), Condition{}); err != nil {
			t.Errorf("%s: %v", patch, err)
		}
	}
	if n := looks.Load() - before; n != 0 {
		t.Errorf("a source that does not change was looked at %d times", n)
	}
	if _, err := r.Patch(t.Context(), "a", []byte(`{"source":{"url":"bad"}}`), Condition{}); !slices.Equal(fault.Fields(err), []fault.Field{{Pointer: "/source/url", Detail: "is bad"}}) {
		t.Errorf("got %v", err)
	}
}
