package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"camhub/internal/simulator"
)

const (
	wanted       = 6               // pictures of each camera
	pictureLimit = 2 * time.Minute // for all of them
	quirkLimit   = time.Minute     // for the quirks that only come later
	reasonLimit  = 2 * time.Minute // for the reason: the hub gives up after 30 s of bytes without a picture
	atATime      = 48              // cameras

	// rssLimit is what the hub may grow by. One picture may have 16 MiB, and is
	// gathered in a buffer that grows with it; Go collects at twice what is in
	// use. What is not bounded takes 32 MB a second here.
	rssLimit = 128 << 20
)

// slowAnswers is the quirk of a camera that answers more slowly than it is asked.
const slowAnswers = "slow-answers"

// fixture is a simulated camera, as the simulator lists it.
type fixture struct {
	Name   string
	Want   simulator.Want
	Camera json.RawMessage

	Connections int
	MostAtOnce  int `json:"most_at_once"`
	Leaks       int
}

// TestFixtures adds every camera of the simulator to a hub, as a person would,
// and looks at what comes out.
func TestFixtures(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	sim := startSimulator(t)
	hub := start(t, t.TempDir())
	before := hub.memory("VmRSS")
	all := listFixtures(t, sim)
	slices.SortStableFunc(all, func(a, b fixture) int { return b.patience() - a.patience() }) // the longest first
	places := make(chan struct{}, atATime)
	var wg sync.WaitGroup
	for _, f := range all {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			walk(t, hub, f)
		})
	}
	wg.Wait()
	if peak := hub.memory("VmHWM"); peak-before > rssLimit*raceFactor {
		t.Errorf("the hub has grown from %d to %d bytes", before, peak)
	} else {
		t.Logf("%d cameras; the hub has grown from %d to %d MiB", len(all), before>>20, peak>>20)
	}
	for _, f := range listFixtures(t, sim) {
		silent := f.Want.Pictures && f.Connections == 0
		if silent || f.Want.Once && f.Connections > 1 || f.MostAtOnce > 1 || f.Leaks > 0 {
			t.Errorf("%s has seen %d connections, %d at once, and %d leaks of credentials", f.Name, f.Connections, f.MostAtOnce, f.Leaks)
		}
	}
	hub.Stop()
}

// patience orders the fixtures by the time they take.
func (f fixture) patience() int {
	switch {
	case slices.Contains(f.Want.Codes, "no-picture"):
		return 2
	case !f.Want.Pictures:
		return 1
	}
	return 0
}

// walk adds one camera, compares, and removes it.
func walk(t *testing.T, hub *process, f fixture) {
	began := time.Now()
	err := tryFixture(t.Context(), hub.URL, f)
	took := time.Since(began).Round(time.Millisecond)
	if err != nil {
		t.Errorf("%s: after %v: %v", f.Name, took, err)
		return
	}
	t.Logf("%s: %v", f.Name, took)
}

// tryFixture adds one camera and returns what is wrong with what the hub makes
// of it.
func tryFixture(ctx context.Context, url string, f fixture) (err error) {
	var camera struct{ ID string }
	if err := request(ctx, http.MethodPost, url+"/api/v1/cameras", f.Camera, http.StatusCreated, &camera); err != nil {
		return err
	}
	at := url + "/api/v1/cameras/" + camera.ID
	defer func() {
		err = errors.Join(err, request(ctx, http.MethodDelete, at, nil, http.StatusNoContent, nil))
	}()
	if !f.Want.Pictures {
		return awaitReason(ctx, at+"/status", f.Want.Codes)
	}
	if err := sixPictures(ctx, url+"/cameras/"+camera.ID+"/feed", f.Name); err != nil {
		return fmt.Errorf("%w; the status is %+v", err, statusOf(ctx, at))
	}
	return awaitQuirks(ctx, at+"/status", f.Want.Quirks)
}

// sixPictures reads a feed until it has had enough pictures, in time, each of
// that camera and newer than the last.
func sixPictures(ctx context.Context, feed, name string) error {
	ctx, cancel := context.WithTimeout(ctx, pictureLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, feed, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("open the feed: %w", err)
	}
	defer resp.Body.Close()
	parts := multipart.NewReader(resp.Body, "frame")
	for got, last := 0, 0; got < wanted; got++ {
		part, err := parts.NextRawPart()
		if err != nil {
			return fmt.Errorf("%d pictures: %w", got, err)
		}
		size, err := strconv.Atoi(part.Header.Get("Content-Length"))
		if err != nil {
			return fmt.Errorf("part %d: %w", got, err)
		}
		b := make([]byte, size)
		if _, err := io.ReadFull(part, b); err != nil {
			return fmt.Errorf("%d pictures, and a part: %w", got, err)
		}
		camera, number, err := simulator.Read(b)
		switch {
		case err != nil:
			return fmt.Errorf("part %d: %w", got, err)
		case camera != name || number <= last:
			return fmt.Errorf("part %d is picture %d of %s, after %d", got, number, camera, last)
		}
		last = number
	}
	return nil
}

// cameraStatus is what the walk looks at in a status.
type cameraStatus struct {
	State    string
	Frames   int
	Attempts int
	Error    *struct{ Code, Message string }
	Quirks   []string
}

// statusOf returns a camera's status, for a message.
func statusOf(ctx context.Context, at string) string {
	var st cameraStatus
	if err := request(ctx, http.MethodGet, at+"/status", nil, http.StatusOK, &st); err != nil {
		return err.Error()
	}
	s := fmt.Sprintf("%s, %d frames, %d attempts, quirks %q", st.State, st.Frames, st.Attempts, st.Quirks)
	if st.Error != nil {
		s += fmt.Sprintf(", %s: %s", st.Error.Code, st.Error.Message)
	}
	return s
}

// awaitQuirks waits until a camera's status has the quirks. There must be no
// others.
func awaitQuirks(ctx context.Context, at string, want []string) error {
	var st cameraStatus
	for deadline := time.Now().Add(quirkLimit); ; time.Sleep(100 * time.Millisecond) {
		if err := request(ctx, http.MethodGet, at, nil, http.StatusOK, &st); err != nil {
			return err
		}
		if !slices.Contains(want, slowAnswers) { // a busy machine makes any camera slow
			st.Quirks = slices.DeleteFunc(st.Quirks, func(q string) bool { return q == slowAnswers })
		}
		if slices.Equal(st.Quirks, want) {
			return nil
		}
		if time.Now().After(deadline) || len(st.Quirks) > len(want) {
			return fmt.Errorf("quirks %q, want %q", st.Quirks, want)
		}
	}
}

// awaitReason waits until a camera's status has one of the codes, with a
// sentence for a person.
func awaitReason(ctx context.Context, at string, codes []string) error {
	var st cameraStatus
	for deadline := time.Now().Add(reasonLimit); ; time.Sleep(100 * time.Millisecond) {
		if err := request(ctx, http.MethodGet, at, nil, http.StatusOK, &st); err != nil {
			return err
		}
		if e := st.Error; e != nil {
			switch {
			case !slices.Contains(codes, e.Code):
				return fmt.Errorf("reason %s: %s, want %q", e.Code, e.Message, codes)
			case len(e.Message) < 20 || !strings.HasSuffix(e.Message, ".") || strings.ContainsAny(e.Message, "{}\x00\n"):
				return fmt.Errorf("reason %s: %q is no sentence for a person", e.Code, e.Message)
			}
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("no reason, want %q; the camera is %+v", codes, st)
		}
	}
}

// request makes a REST call and decodes the answer into out, if that is not
// nil. Unlike process.call it may be used by any goroutine.
func request(ctx context.Context, method, url string, body []byte, want int, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", method, err)
	case resp.StatusCode != want:
		return fmt.Errorf("%s: status %d: %s", method, resp.StatusCode, b)
	case out == nil:
		return nil
	}
	return json.Unmarshal(b, out)
}

// startSimulator runs camhub simulate and returns its address.
func startSimulator(t *testing.T) (url string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "simulate", "--listen", "127.0.0.1:0") // t's context would kill it
	cmd.Env = append(os.Environ(), runAsCamhub+"=1")
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the simulator ends with %v", err)
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	_, url, ok := strings.Cut(strings.TrimSpace(line), " at ")
	if err != nil || !ok {
		t.Fatalf("the simulator says %q, %v", line, err)
	}
	return url
}

func listFixtures(t *testing.T, sim string) []fixture {
	t.Helper()
	var list struct{ Fixtures []fixture }
	if err := request(t.Context(), http.MethodGet, sim+"/fixtures.json", nil, http.StatusOK, &list); err != nil {
		t.Fatal(err)
	}
	return list.Fixtures
}

// memory returns a figure of the hub's memory in bytes, as Linux counts it, or
// 0 elsewhere.
func (p *process) memory(name string) int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
			if err != nil {
				p.t.Errorf("%s: %v", line, err)
			}
			return n << 10
		}
	}
	return 0
}
