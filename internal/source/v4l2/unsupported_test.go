//go:build !linux || !cgo

package v4l2

import (
	"slices"
	"strings"
	"testing"

	"camhub/internal/fault"
	"camhub/internal/source"
)

// TestBuildWithoutV4L2 holds what a program says that was built without cgo.
func TestBuildWithoutV4L2(t *testing.T) {
	c := config(t, `{"device":"0"}`)
	errs := c.Check(t.Context())
	if got := pointers(errs.ErrorOrNil()); !slices.Equal(got, []string{"/source/kind"}) || !strings.Contains(errs.Error(), "This build has no V4L2") {
		t.Errorf("a new camera: %v", errs)
	}
	if err := c.Open(source.Env{}).Run(t.Context(), nil); code(err) != "no-v4l2" || !strings.HasPrefix(err.Error(), "This build has no V4L2") {
		t.Errorf("a stored camera: %v", err)
	}
	if list, err := List(t.Context()); err != nil || list == nil || len(list) != 0 {
		t.Errorf("list: %v, %v", list, err)
	}
	if _, err := Controls(t.Context(), "/dev/video0"); fault.KindOf(err) != fault.NotImplemented {
		t.Errorf("controls: %v", err)
	}
	if err := SetControls(t.Context(), "/dev/video0", nil); fault.KindOf(err) != fault.NotImplemented {
		t.Errorf("set controls: %v", err)
	}
}
