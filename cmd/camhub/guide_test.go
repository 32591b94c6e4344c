package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestGuides prints each guide, which README and help name.
func TestGuides(t *testing.T) {
	readme, overview := readText(t, "../../README.md"), runHelp(t)
	for _, topic := range guides() {
		for _, c := range commands {
			if c.name == topic {
				t.Errorf("help %s is a guide and a command", topic)
			}
		}
		name := "camhub help " + topic
		if !strings.Contains(readme, name) || !strings.Contains(overview, name) || !strings.Contains(overview, guideTitle(topic)) {
			t.Errorf("README and help do not both name %q", name)
		}
		if text := readText(t, filepath.Join("guide", topic+".md")); runHelp(t, topic) != text || !strings.HasPrefix(text, "# ") {
			t.Errorf("%s does not print the guide with its title", name)
		}
	}
}

// TestDocumentsAreTrue holds README and the guides to the program: the commands, flags and
// files that they name are there.
func TestDocumentsAreTrue(t *testing.T) {
	files, err := filepath.Glob("guide/*.md")
	if err != nil {
		t.Fatal(err)
	}
	known := strings.Builder{} // all that commands print of their flags
	for _, c := range commands {
		known.WriteString("camhub " + c.name + "\n" + runHelp(t, c.name))
	}
	known.WriteString("camhub help\n")
	for _, topic := range guides() {
		known.WriteString("camhub help " + topic + "\n")
	}
	commandRE := regexp.MustCompile("(?:`|\n    )(camhub (?:help )?[a-z]+)")
	flagRE := regexp.MustCompile(`(?:[\x60\s])--([a-z-]+)`)
	pathRE := regexp.MustCompile("`((?:cmd|internal|web|store|testdata|\\.ci)/[^`<*]+)`")
	others := map[string]bool{"now": true} // systemctl's
	for _, name := range append(files, "../../README.md") {
		text := readText(t, name)
		for _, m := range commandRE.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(known.String(), m[1]) {
				t.Errorf("%s: there is no %q", name, m[1])
			}
		}
		for _, m := range flagRE.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(known.String(), "\n  -"+m[1]) && !others[m[1]] {
				t.Errorf("%s: there is no flag --%s", name, m[1])
			}
		}
		for _, m := range pathRE.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join("../..", m[1])); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// runHelp returns what `camhub help` prints.
func runHelp(t *testing.T, topic ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if status := run(t.Context(), append([]string{"help"}, topic...), &out, &errs); status != 0 {
		t.Fatalf("help %v: status %d, %s", topic, status, errs.String())
	}
	return out.String()
}

func readText(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
