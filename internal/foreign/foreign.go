// Package foreign reads which cameras other programs are set up with: go2rtc, motion,
// motionEye, mjpg-streamer and µStreamer.
//
// It only reads. No command in a file is run, no variable is expanded and no address is
// asked. What camhub can't do with a camera is said, with the reason; texts of reasons
// hold no secrets.
package foreign

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"camhub/internal/camera"
)

// Format is whose file it is.
type Format string

// The formats. Auto finds out which of the others it is.
const (
	Auto       Format = "auto"
	Go2rtc     Format = "go2rtc"
	Motion     Format = "motion"
	MotionEye  Format = "motioneye"
	MJPGStream Format = "mjpg-streamer" // command lines, and addresses
	UStreamer  Format = "ustreamer"     // likewise
)

// Limits of what is read.
const (
	maxFile     = 1 << 20
	maxIncludes = 1000
)

// Formats are all of them.
var Formats = []Format{Go2rtc, Motion, MotionEye, MJPGStream, UStreamer, Auto}

// Camera is one that camhub can read.
type Camera struct {
	Name    string
	Enabled bool
	Source  camera.Source // with the options that the file tells; may hold secrets
	File    string
	Line    int
}

// Remark is what a person should know of a place of a file.
type Remark struct {
	Name string // of the camera
	File string
	Line int
	Text string
}

// String implements fmt.Stringer.
func (r Remark) String() string {
	return fmt.Sprintf("%s:%d: %.100q: %s", r.File, r.Line, r.Name, r.Text)
}

// Result is what a file tells.
type Result struct {
	Format  Format
	Cameras []Camera
	Skipped []Remark // cameras that camhub can't read, and why
	Notes   []Remark // what is not taken over of those that it can
}

// add adds a camera.
func (r *Result) add(c Camera, kind string, options map[string]any) {
	b, err := json.Marshal(options)
	if err != nil {
		r.skip(c, "its options can't be written: %v", err)
		return
	}
	c.Source = camera.Source{Kind: kind, Options: b}
	r.Cameras = append(r.Cameras, c)
}

func (r *Result) skip(c Camera, format string, args ...any) {
	r.Skipped = append(r.Skipped, Remark{c.Name, c.File, c.Line, fmt.Sprintf(format, args...)})
}

func (r *Result) note(c Camera, format string, args ...any) {
	r.Notes = append(r.Notes, Remark{c.Name, c.File, c.Line, fmt.Sprintf(format, args...)})
}

// errUnknown says that nothing in a file tells whose it is.
var errUnknown = errors.New("can't tell which program this file is of; say it with --from")

// ReadFile reads a file, or a folder with the files of motion or motionEye, and those
// that it includes: files of at most 1 MiB.
func ReadFile(format Format, path string) (*Result, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return readFolder(format, path)
	}
	b, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return read(format, path, b, readFile)
}

// Read reads what a reader gives, and nothing else: what it includes is skipped.
func Read(format Format, name string, r io.Reader) (*Result, error) {
	b, err := bounded(name, r)
	if err != nil {
		return nil, err
	}
	return read(format, name, b, func(path string) ([]byte, error) {
		return nil, &fs.PathError{Op: "open", Path: path, Err: errors.New("is not read, since this file comes from standard input")}
	})
}

// read reads a file; open reads those that it includes.
func read(format Format, name string, b []byte, open func(string) ([]byte, error)) (*Result, error) {
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return nil, fmt.Errorf("%s: this is no text in UTF-8", name)
	}
	if format == Auto {
		format = detect(b)
	}
	r := &Result{Format: format}
	var err error
	switch format {
	case Go2rtc:
		err = readGo2rtc(r, name, b)
	case Motion, MotionEye:
		err = readMotion(r, name, b, open)
	case MJPGStream, UStreamer:
		err = readCommands(r, name, b)
	default:
		err = fmt.Errorf("%s: %w", name, errUnknown)
	}
	return r, err
}

// readFolder reads motion.conf in a folder, or else its camera files.
func readFolder(format Format, dir string) (*Result, error) {
	main := filepath.Join(dir, "motion.conf")
	if b, err := readFile(main); err == nil {
		return read(format, main, b, readFile)
	}
	paths, err := filepath.Glob(filepath.Join(escape(dir), "camera*.conf"))
	if err != nil || len(paths) == 0 || len(paths) > maxIncludes {
		return nil, fmt.Errorf("%s: this folder holds no motion.conf and no camera*.conf", dir)
	}
	all := &Result{}
	for _, path := range paths {
		r, err := ReadFile(format, path)
		if err != nil {
			return nil, err
		}
		all.Format = r.Format
		all.Cameras = append(all.Cameras, r.Cameras...)
		all.Skipped = append(all.Skipped, r.Skipped...)
		all.Notes = append(all.Notes, r.Notes...)
	}
	return all, nil
}

// escape makes a path mean itself in a pattern.
func escape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return bounded(path, f)
}

func bounded(name string, r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(b) > maxFile {
		return nil, fmt.Errorf("%s has more than %d bytes", name, maxFile)
	}
	return b, nil
}
