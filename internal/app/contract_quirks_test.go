package app

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// quirkSentences shows that each quirk of every reader is told once, in order,
// with a sentence.
func quirkSentences(t *testing.T, h *testHub) {
	var names []string
	for _, q := range decode[struct {
		Quirks []struct{ Name, Text string }
	}](t, h.want(http.StatusOK, "GET", "/api/v1/quirks", "")).Quirks {
		names = append(names, q.Name)
		if !strings.HasSuffix(q.Text, ".") {
			t.Errorf("%s: %q is no sentence", q.Name, q.Text)
		}
	}
	want := 0
	for _, table := range quirks {
		want += len(table)
		for name := range table {
			if !slices.Contains(names, name) {
				t.Errorf("%s is not told", name)
			}
		}
	}
	if len(names) != want || !slices.IsSorted(names) {
		t.Errorf("%d quirks, want %d in order: %v", len(names), want, names)
	}
}
