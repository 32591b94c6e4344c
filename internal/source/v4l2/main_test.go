package v4l2

import (
	"encoding/json"
	"testing"

	"go.uber.org/goleak"

	"camhub/internal/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// config parses options that must be right.
func config(t testing.TB, options string) *Config {
	t.Helper()
	c, errs := Kind.Parse(json.RawMessage(options))
	if errs.ErrorOrNil() != nil {
		t.Fatalf("%s: %v", options, errs)
	}
	return c.(*Config)
}

// pointers returns where the faults in err are.
func pointers(err error) []string {
	at := []string{}
	for _, f := range fault.Fields(err) {
		at = append(at, f.Pointer)
	}
	return at
}
