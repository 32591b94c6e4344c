package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

var recordKills = flag.Int("kills", 4, "how often TestKilledWhileRecording kills the hub")

// recordPromise is how much of the newest a crash may take.
const recordPromise = 2 * time.Second

const recordedCameras = 8

func recordedID(i int) string { return fmt.Sprintf("cam-%d", i) }

// recording is what the tests look at in the recording of a camera.
type recording struct {
	State          string
	Pictures, Lost int
	Reason         *struct{ Code string }
}

// keepAll lets the disk of any machine have room for what is recorded.
func (p *process) keepAll() {
	p.t.Helper()
	if status := p.call("PATCH", "/api/v1/settings", `{"recordings":{"min_free_bytes":0}}`, nil); status != http.StatusOK {
		p.t.Fatalf("settings: %d", status)
	}
}

func (p *process) recording(id string) recording {
	p.t.Helper()
	var st struct{ Recording *recording }
	p.call("GET", "/api/v1/cameras/"+id+"/status", "", &st)
	if st.Recording == nil {
		return recording{}
	}
	return *st.Recording
}

// timeline is what the tests look at in what is recorded of one camera.
type timeline struct {
	Pictures int
	Ranges   []struct{ From, To time.Time }
	Gaps     []struct {
		From, To time.Time
		Reason   struct{ Code string }
	}
}

// recorded returns what is recorded of a camera since an instant.
func (p *process) recorded(id string, since time.Time) timeline {
	p.t.Helper()
	var out struct{ Cameras []timeline }
	path := "/api/v1/recordings?camera=" + id + "&min_gap=0&from=" + since.UTC().Format(time.RFC3339Nano)
	if status := p.call("GET", path, "", &out); status != http.StatusOK || len(out.Cameras) != 1 {
		p.t.Fatalf("recordings of %s: %d, %+v", id, status, out)
	}
	return out.Cameras[0]
}

// checkReport is what camhub check prints for programs.
type checkReport struct {
	Clean, Running             bool
	Segments, Pictures, Faults int
	Repaired                   int
	Findings                   []struct {
		Kind, Path, Detail string
		Fault              bool
	}
}

// runCheck runs camhub check, and returns its report and its exit status.
func runCheck(t *testing.T, data string, args ...string) (r checkReport, exit int) {
	t.Helper()
	cmd := camhub(t, append([]string{"check", "--json", "--data", data}, args...)...)
	var out, diagnosis bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diagnosis
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	exit = cmd.ProcessState.ExitCode()
	if exit == 2 {
		return r, exit
	}
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("check: %v\n%s%s", err, out.Bytes(), diagnosis.Bytes())
	}
	return r, exit
}

// wantClean fails the test when a check finds a fault.
func wantClean(t *testing.T, data string, args ...string) checkReport {
	t.Helper()
	r, exit := runCheck(t, data, args...)
	if !r.Clean || r.Faults != 0 || exit != 0 {
		t.Errorf("check: exit status %d, %+v", exit, r)
	}
	return r
}

// TestKilledWhileRecording kills the hub with SIGKILL at random moments while it
// records eight cameras. What is lost lies within the promise each time, nothing older
// is, and a check finds no fault when the hub has started again.
func TestKilledWhileRecording(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, dir)
	p.keepAll()
	for i := range recordedCameras {
		p.add(fmt.Sprintf(`{"id":%q,"name":"C","record":{"mode":"always"},"source":{"kind":"emulated","width":64,"height":48,"fps":20}}`, recordedID(i)))
	}
	var oldest time.Duration
	for round := range *recordKills {
		began := time.Now()
		for i := range recordedCameras {
			p.awaitRecorded(recordedID(i), 5)
		}
		time.Sleep(rand.N(2500 * time.Millisecond))
		said := make(map[string]int)
		for i := range recordedCameras {
			said[recordedID(i)] = p.recording(recordedID(i)).Pictures
		}
		killed := time.Now()
		p.Kill()
		http.DefaultClient.CloseIdleConnections()
		p = start(t, dir)
		for id, n := range said {
			oldest = max(oldest, p.wantKept(id, began, killed, n))
		}
		if r := wantClean(t, dir); !r.Running {
			t.Error("the check does not see that a hub runs")
		}
		if t.Failed() {
			t.Fatalf("in round %d\n%s", round, p.Log())
		}
	}
	if _, exit := runCheck(t, dir, "--repair"); exit != 2 {
		t.Errorf("a repair beside a running hub: exit status %d", exit)
	}
	p.Stop()
	r := wantClean(t, dir)
	t.Logf("%d kills, %d files with %d pictures; at most %v of the newest lost", *recordKills, r.Segments, r.Pictures, oldest.Round(time.Millisecond))
	wantPlayed(t, dir, r)
}

func (p *process) awaitRecorded(id string, pictures int) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); p.recording(id).Pictures < pictures; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("%s is not recorded: %+v\n%s", id, p.recording(id), p.Log())
		}
	}
}

// wantKept looks what is there of the life of a hub that recorded between two
// instants and then was killed, and had said to have recorded n pictures. It returns
// how much of the newest is lost.
func (p *process) wantKept(id string, began, killed time.Time, n int) (lost time.Duration) {
	p.t.Helper()
	l := p.recorded(id, began.Add(-time.Minute))
	found := -1
	for i, r := range l.Ranges {
		if r.From.Before(killed) && r.To.After(began) {
			if found >= 0 {
				p.t.Errorf("%s: there is a hole before %v", id, r.From)
			}
			found = i
		}
	}
	if found < 0 {
		p.t.Errorf("%s: nothing is there", id)
		return 0
	}
	r := l.Ranges[found]
	if lost = killed.Sub(r.To); lost > recordPromise {
		p.t.Errorf("%s: %v of the newest is lost", id, lost)
	}
	var life struct{ Pictures int }
	path := fmt.Sprintf("/api/v1/recordings?camera=%s&min_gap=0&from=%s&to=%s", id, r.From.Format(time.RFC3339Nano), r.To.Format(time.RFC3339Nano))
	if p.call("GET", path, "", &life); life.Pictures < n {
		p.t.Errorf("%s: %d pictures are there, %d were said to be recorded", id, life.Pictures, n)
	}
	if code := l.Gaps[min(found, len(l.Gaps)-1)].Reason.Code; found < len(l.Ranges)-1 && code != "hub_crashed" {
		p.t.Errorf("%s: the gap is %s", id, code)
	}
	return max(lost, 0)
}

// irregular is what ffprobe says when a file begins with pictures at uneven times.
var irregular = regexp.MustCompile(`(?m)^.*DTS discontinuity in stream.*$`)

// wantPlayed has ffmpeg decode every file, without a warning, and as many pictures as
// the check has counted.
func wantPlayed(t *testing.T, dir string, r checkReport) {
	t.Helper()
	need(t, "ffprobe")
	files, err := filepath.Glob(filepath.Join(dir, "recordings", "*", "*", "*.mov"))
	if err != nil {
		t.Fatal(err)
	}
	pictures := 0
	for _, f := range files {
		out := runProgram(t, "ffprobe", "-v", "warning", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", f)
		// That a busy machine's camera came irregularly is no fault of the file.
		out = irregular.ReplaceAllString(out, "")
		n, err := strconv.Atoi(strings.Trim(out, ",\n "))
		if err != nil { // there is a warning in it
			t.Fatalf("%s: %s", f, out)
		}
		pictures += n
	}
	if len(files) != r.Segments || pictures != r.Pictures {
		t.Errorf("ffprobe decodes %d pictures of %d files, the check counts %d of %d", pictures, len(files), r.Pictures, r.Segments)
	}
}

// TestCheck looks at the exit status and the words of the command.
func TestCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, exit := runCheck(t, filepath.Join(dir, "nothing")); exit != 2 {
		t.Errorf("of no folder: exit status %d", exit)
	}
	p := start(t, dir)
	p.keepAll()
	p.add(`{"id":"a","name":"A","record":{"mode":"always"},"source":{"kind":"emulated","width":64,"height":48,"fps":20}}`)
	p.awaitRecorded("a", 5)
	p.Kill() // leaves a file open
	if r, exit := runCheck(t, dir); exit != 1 || r.Faults == 0 || len(r.Findings) == 0 {
		t.Errorf("after a crash: exit status %d, %+v", exit, r)
	}
	out, err := camhub(t, "check", "--data", dir, "--repair").CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("repaired")) || !bytes.Contains(out, []byte("all repaired")) {
		t.Errorf("repair: %v\n%s", err, out)
	}
	wantClean(t, dir)
	if out, err := camhub(t, "check", "--data", dir).CombinedOutput(); err != nil || !bytes.Contains(out, []byte("no fault")) {
		t.Errorf("after the repair: %v\n%s", err, out)
	}
	if out, err := runCommand(t, dir, nil, "check"); err != nil || !strings.Contains(out, "no fault") {
		t.Errorf("of the folder in the environment: %v\n%s", err, out)
	}
	if err := camhub(t, "check", "--fix").Run(); err == nil || err.(*exec.ExitError).ExitCode() != 2 {
		t.Errorf("an unknown flag: %v", err)
	}
}
