// Package doctor looks at a hub and at the machine around it, and says on one page what
// is wrong and what to do about it.
//
// A hub that runs is asked over its REST API; of one that does not, the database is
// checked and read. Nothing is changed but the schema of an older database, as a start of
// the hub does; no key is made or taken. What is told holds no secrets: addresses are
// without user names, passwords and values of queries.
package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"camhub/internal/hubclient"
	"camhub/internal/redact"
	"camhub/internal/source"
)

// Result is how a check went.
type Result string

// The results.
const (
	OK   Result = "ok"
	Warn Result = "warn" // it works, and may not for long, or not for all
	Fail Result = "fail" // it does not work

	Unknown Result = "unknown" // it could not be looked at
)

// Finding is one line of the page.
type Finding struct {
	Check  string `json:"check"`
	Result Result `json:"result"`
	Detail string `json:"detail"`
	Advice string `json:"advice,omitempty"` // what to do, of Warn and Fail
}

// Config says where to look.
type Config struct {
	DataDir string
	Listen  string // the address that the hub is meant to serve on
	Asked   bool   // the hub is to run: that it does not answer is a fault
	Hub     *hubclient.Client
	Kinds   source.Kinds
	Version string
	DevDir  string // where video devices are; "" is /dev

	// Verify checks a database without changing it, as store.Verify does; InUse says
	// that its error means a hub that runs.
	Verify func(path string) (warning string, err error)
	InUse  func(error) bool
	// Open reads the database of a hub that does not run.
	Open func(ctx context.Context) (*Data, error)
}

// Report is the whole page.
type Report struct {
	Time     time.Time `json:"time"`
	Version  string    `json:"version"`
	Healthy  bool      `json:"healthy"` // nothing failed
	Findings []Finding `json:"findings"`

	seen *exam
}

// check is one thing that is looked at.
type check struct {
	name string
	run  func(ctx context.Context, e *exam) []Finding
}

// checks is the whole examination, in the order of the page.
var checks = []check{
	{"data folder", checkFolder},
	{"disk space", checkSpace},
	{"file system", checkFileSystem},
	{"database", checkDatabase},
	{"hub", checkHub},
	{"access", checkAccess},
	{"cameras", checkCameras},
	{"recordings", checkRecordings},
	{"clock", checkClock},
	{"open files", checkOpenFiles},
	{"ffmpeg", checkFFmpeg},
	{"camera programs", checkCameraPrograms},
	{"video devices", checkDevices},
	{"versions", checkVersions},
}

// limit bounds an examination.
const limit = 2 * time.Minute

// Examine runs every check. It takes as long as cameras that are offline take to be
// explained, at most 2 minutes.
func Examine(ctx context.Context, c Config) *Report {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if c.DevDir == "" {
		c.DevDir = "/dev"
	}
	e := look(ctx, c)
	r := &Report{Time: time.Now().UTC(), Version: c.Version, Healthy: true, seen: e}
	for _, check := range checks {
		for _, f := range check.run(ctx, e) {
			f.Check = check.name
			f.Detail, f.Advice = e.clean(f.Detail), e.clean(f.Advice)
			r.Healthy = r.Healthy && f.Result != Fail
			r.Findings = append(r.Findings, f)
		}
	}
	return r
}

// WriteText writes the page for people.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "camhub doctor, %s, camhub %s\n\n", r.Time.Format(time.RFC3339), r.Version)
	counts := make(map[Result]int)
	for _, f := range r.Findings {
		counts[f.Result]++
		mark := map[Result]string{OK: "ok", Warn: "WARN", Fail: "FAIL", Unknown: "?"}[f.Result]
		fmt.Fprintf(&b, "%-4s  %-16s %s\n", mark, f.Check, f.Detail)
		if f.Advice != "" {
			fmt.Fprintf(&b, "      %-16s → %s\n", "", f.Advice)
		}
	}
	fmt.Fprintf(&b, "\n%d ok, warnings: %d, problems: %d\n", counts[OK], counts[Warn], counts[Fail])
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteJSON writes the page for programs.
func (r *Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

func ok(format string, args ...any) []Finding {
	return []Finding{{Result: OK, Detail: fmt.Sprintf(format, args...)}}
}

func unknown(format string, args ...any) []Finding {
	return []Finding{{Result: Unknown, Detail: fmt.Sprintf(format, args...)}}
}

func warn(advice, format string, args ...any) []Finding {
	return []Finding{{Result: Warn, Detail: fmt.Sprintf(format, args...), Advice: advice}}
}

func fail(advice, format string, args ...any) []Finding {
	return []Finding{{Result: Fail, Detail: fmt.Sprintf(format, args...), Advice: advice}}
}

// clean takes secrets out of a text, and keeps it on its line.
func (e *exam) clean(s string) string {
	return strings.Join(strings.Fields(e.secrets.Replace(redact.Text(s))), " ")
}
