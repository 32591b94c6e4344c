package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"camhub/internal/record/archive"
	"camhub/internal/record/disk"
)

// errInUse says that a hub runs on the data folder.
var errInUse = errors.New("a hub is running on this data folder; stop it first, or check without --repair")

// Check says what is to be checked.
type Check struct {
	DataDir string
	Repair  bool // and what can be is repaired
	JSON    bool // the report is for programs
}

// findingJSON is one thing that a check found.
type findingJSON struct {
	Kind     archive.Kind `json:"kind"`
	Path     string       `json:"path"` // from the folder of the recordings
	Detail   string       `json:"detail"`
	Fault    bool         `json:"fault"`
	Repaired bool         `json:"repaired"`
}

// reportJSON is the report for programs.
type reportJSON struct {
	Folder   string        `json:"folder"`
	Clean    bool          `json:"clean"`
	Running  bool          `json:"running"` // a hub uses the folder meanwhile
	Cameras  int           `json:"cameras"`
	Segments int           `json:"segments"`
	Pictures int64         `json:"pictures"`
	Bytes    int64         `json:"bytes"`
	Faults   int           `json:"faults"` // that are not repaired
	Repaired int           `json:"repaired"`
	Findings []findingJSON `json:"findings"`
}

// Run reads every picture of the recordings in a data folder, compares their files
// with the index, and prints what it found. It returns whether there is no fault, or
// none any more; errInUse when it can't repair now.
func (c Check) Run(ctx context.Context, stdout io.Writer) (clean bool, err error) {
	root := filepath.Join(c.DataDir, recordingsDir)
	r, err := archive.Check(ctx, root, c.Repair)
	if errors.Is(err, disk.ErrLocked) {
		return false, errInUse
	}
	if errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("there are no recordings in the folder %s: give another one with --data", c.DataDir)
	}
	if err != nil {
		return false, err
	}
	if c.JSON {
		return r.Clean(), json.NewEncoder(stdout).Encode(newReport(root, r))
	}
	return r.Clean(), printReport(stdout, root, r)
}

func newReport(root string, r *archive.Report) reportJSON {
	out := reportJSON{
		Folder: root, Clean: r.Clean(), Running: r.Running, Cameras: r.Cameras, Segments: r.Segments,
		Pictures: r.Pictures, Bytes: r.Bytes, Faults: r.Faults, Repaired: r.Repaired, Findings: []findingJSON{},
	}
	for _, f := range r.Findings {
		out.Findings = append(out.Findings, findingJSON{f.Kind, f.Path, f.Detail, f.Kind.Fault(), f.Repaired})
	}
	return out
}

// printReport writes the report for people.
func printReport(stdout io.Writer, root string, r *archive.Report) error {
	w := bufio.NewWriter(stdout)
	fmt.Fprintf(w, "%s: %d cameras, %d files, %d pictures, %d bytes\n", root, r.Cameras, r.Segments, r.Pictures, r.Bytes)
	if r.Running {
		fmt.Fprintln(w, "A hub records into this folder meanwhile.")
	}
	for _, f := range r.Findings {
		word := "note"
		switch {
		case f.Repaired:
			word = "repaired"
		case f.Kind.Fault():
			word = "FAULT"
		}
		text := strings.ReplaceAll(string(f.Kind), "_", " ")
		if f.Detail != "" {
			text += ": " + f.Detail
		}
		fmt.Fprintf(w, "%-8s  %s: %s\n", word, f.Path, text)
	}
	switch {
	case r.Faults > 0:
		fmt.Fprintf(w, "%d faults, %d repaired\n", r.Faults, r.Repaired)
	case r.Repaired > 0:
		fmt.Fprintf(w, "%d faults, all repaired\n", r.Repaired)
	default:
		fmt.Fprintln(w, "no fault")
	}
	return w.Flush()
}
