package web

import (
	"os"
	"os/exec"
	"testing"
)

// TestModules runs the tests of the scripts that need no browser.
func TestModules(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("node is needed: ", err)
		}
		t.Skip("node is not installed: the scripts' own tests do not run")
	}
	cmd := exec.CommandContext(t.Context(), node, "--test", "test/")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("node --test: %v\n%s", err, out)
	}
}
