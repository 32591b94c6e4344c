package portable

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Show writes a plan for people: a line a camera, and below it each field that changes.
func (p *Plan) Show(w io.Writer) error {
	out := bufio.NewWriter(w)
	marks := map[What]string{Added: "+", Changed: "~", Unchanged: "=", Removed: "-"}
	counts := make(map[What]int)
	for i := range p.Steps {
		s := &p.Steps[i]
		counts[s.What]++
		fmt.Fprintf(out, "%s %s (%s) %s", marks[s.What], s.Camera.ID, s.Camera.Name, s.What)
		if s.What == Added {
			fmt.Fprintf(out, ": %s", s.what())
		}
		fmt.Fprintln(out)
		showChanges(out, s.Changes)
	}
	if p.Order != nil {
		ids := make([]string, len(p.Order))
		for i, id := range p.Order {
			ids[i] = string(id)
		}
		fmt.Fprintf(out, "~ wall order: %s\n", strings.Join(ids, ", "))
	}
	if p.Settings != nil {
		fmt.Fprintln(out, "~ settings")
		showChanges(out, p.Changes)
	}
	fmt.Fprintf(out, "%d added, %d changed, %d unchanged, %d removed\n",
		counts[Added], counts[Changed], counts[Unchanged], counts[Removed])
	return out.Flush()
}

func showChanges(w io.Writer, changes []Change) {
	for _, c := range changes {
		fmt.Fprintf(w, "    %s: %s → %s\n", c.Field, c.Old, c.New)
	}
}

// what says in a few words where the pictures of a new camera come from.
func (s *Step) what() string {
	all := flatSource(s.Camera.Source)
	words := []string{s.Camera.Source.Kind}
	for _, name := range []string{"url", "device", "camera", "pattern"} {
		if f, ok := all["source."+name]; ok {
			words = append(words, strings.Trim(f.shown, `"`))
			break
		}
	}
	if f, ok := all["source.password"]; ok && f.value != `""` {
		words = append(words, "with a password")
	}
	if !s.Camera.Enabled {
		words = append(words, "(not enabled)")
	}
	return strings.Join(words, " ")
}
