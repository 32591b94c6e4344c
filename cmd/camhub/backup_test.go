package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const plantedPassword = "Lt6plantedpassword"

// askedWith is a camera that counts the requests with the password.
type askedWith struct {
	*httptest.Server
	n atomic.Int64
}

func newAskedWith(t *testing.T) *askedWith {
	c := &askedWith{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password == plantedPassword {
			c.n.Add(1)
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="camera"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(c.Close)
	return c
}

// await waits until the camera was asked with its password since it was last reset.
func (c *askedWith) await(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(patience); c.n.Load() == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the camera is not asked with its password")
		}
	}
}

func (c *askedWith) definition(id string) string {
	return fmt.Sprintf(`{"id":%q,"name":"Camera %s","source":{"kind":"mjpeg","url":%q,"username":"u","password":%q}}`, id, id, c.URL, plantedPassword)
}

// runCommand runs the program over a data folder, and returns what it says.
func runCommand(t *testing.T, dir string, env []string, args ...string) (string, error) {
	t.Helper()
	cmd := camhub(t, args...)
	cmd.Env = append(append(cmd.Env, "CAMHUB_DATA="+dir), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// must is runCommand for what must go well.
func must(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := runCommand(t, dir, nil, args...)
	if err != nil {
		t.Fatalf("camhub %v: %v\n%s", args, err, out)
	}
	return out
}

// cameras returns what the hub says of its cameras, without what they do now.
func (p *process) cameras() string {
	p.t.Helper()
	var list struct{ Cameras []map[string]any }
	if status := p.call("GET", "/api/v1/cameras", "", &list); status != http.StatusOK {
		p.t.Fatalf("cameras: %d", status)
	}
	for _, c := range list.Cameras {
		delete(c, "status")
	}
	b, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		p.t.Fatal(err)
	}
	return string(b)
}

// writeOften changes a camera 100 times a second until ctx ends, and counts the changes.
func writeOften(ctx context.Context, url, id string, writes *atomic.Int64) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		body := fmt.Appendf(nil, `{"name":"Version %d"}`, writes.Load())
		if request(ctx, http.MethodPatch, url+"/api/v1/cameras/"+id, body, http.StatusOK, nil) == nil {
			writes.Add(1)
		}
	}
}

// TestBackupOfARunningHub makes backups through a hub that stores 100 changes a second,
// and starts another from each.
func TestBackupOfARunningHub(t *testing.T) {
	t.Parallel()
	cam := newAskedWith(t)
	p := start(t, t.TempDir())
	p.add(cam.definition("locked"))
	cam.await(t)
	p.addEmulated("Busy")
	p.addEmulated("Calm")
	want := p.cameras()
	ctx, stop := context.WithCancel(t.Context())
	var writes atomic.Int64
	var wg sync.WaitGroup
	began := time.Now()
	wg.Go(func() { writeOften(ctx, p.URL, "busy", &writes) })
	dir := t.TempDir()
	files := []string{filepath.Join(dir, "1.tar"), filepath.Join(dir, "2.tar"), filepath.Join(dir, "with.tar")}
	for _, file := range files {
		for n := writes.Load(); writes.Load() < n+30; time.Sleep(5 * time.Millisecond) {
			if time.Since(began) > time.Minute {
				t.Fatal("nothing is stored")
			}
		}
		args := []string{"backup", file, "--url", p.URL}
		if strings.HasSuffix(file, "with.tar") {
			args = append(args, "--with-secrets")
		}
		if out := must(t, dir, args...); !strings.Contains(out, "3 cameras") {
			t.Errorf("it says %s", out)
		}
	}
	stop()
	wg.Wait()
	t.Logf("%d changes meanwhile, %.0f a second", writes.Load(), float64(writes.Load())/time.Since(began).Seconds())
	p.Stop()
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		to := filepath.Join(t.TempDir(), "new")
		must(t, to, "restore", file)
		cam.n.Store(0)
		q := start(t, to)
		withSecrets := strings.HasSuffix(file, "with.tar")
		if withSecrets {
			cam.await(t)
		}
		q.await("calm", "live")
		if got := q.cameras(); stable(got) != stable(want) {
			t.Errorf("the cameras are %s, and were %s", got, want)
		}
		if status, b := q.Call("GET", "/cameras/calm/snapshot.jpg", ""); status != http.StatusOK || !bytes.HasPrefix(b, []byte("\xff\xd8")) {
			t.Errorf("its picture: %d", status)
		}
		q.Stop()
	}
}

// stable drops what writeOften changes.
func stable(cameras string) string {
	var out strings.Builder
	for line := range strings.Lines(cameras) {
		if !strings.Contains(line, `"name": "Busy`) && !strings.Contains(line, `"name": "Version`) &&
			!strings.Contains(line, `"password_set"`) && !strings.Contains(line, `"revision"`) && !strings.Contains(line, `"updated_at"`) {
			out.WriteString(line)
		}
	}
	return out.String()
}

// TestBackupCommand tries what the commands take and refuse.
func TestBackupCommand(t *testing.T) {
	t.Parallel()
	cam := newAskedWith(t)
	dir, to := t.TempDir(), t.TempDir()
	file := filepath.Join(to, "b.tar")
	if out, err := runCommand(t, dir, nil, "backup", file); err == nil || !strings.Contains(out, "nothing to back up") {
		t.Errorf("of an empty folder: %v %s", err, out)
	}
	p := start(t, dir)
	p.add(cam.definition("a"))
	if out, err := runCommand(t, dir, nil, "backup", file); err == nil || !strings.Contains(out, "--url") {
		t.Errorf("of a hub that runs: %v %s", err, out)
	}
	p.Stop()
	must(t, dir, "backup", file)
	if out, err := runCommand(t, dir, nil, "backup", file); err == nil || !strings.Contains(out, "already") {
		t.Errorf("over a file: %v %s", err, out)
	}
	cmd := camhub(t, "backup", "-", "--with-secrets", "--data", dir)
	stdout, err := cmd.Output()
	if err != nil || !bytes.HasPrefix(stdout, []byte("manifest.json")) {
		t.Errorf("to standard output: %d bytes, %v", len(stdout), err)
	}
	for _, args := range [][]string{{"backup"}, {"restore"}, {"key"}, {"key", "eat"}} {
		if out, err := runCommand(t, dir, nil, args...); err == nil || !strings.Contains(out, "say what") && !strings.Contains(out, "say where") {
			t.Errorf("%v: %v %s", args, err, out)
		}
	}
	names, err := os.ReadDir(to)
	if err != nil || len(names) != 1 {
		t.Errorf("left over: %v, %v", names, err)
	}
	p = start(t, dir)
	before := p.cameras()
	if out, err := runCommand(t, dir, nil, "restore", file); err == nil || !strings.Contains(out, "another process") {
		t.Errorf("restore into a hub that runs: %v %s", err, out)
	}
	p.Stop()
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(good); at += 4096 {
		for _, bad := range [][]byte{good[:at], flipped(good, at)} {
			if err := os.WriteFile(file, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := runCommand(t, dir, nil, "restore", file); err == nil || !strings.Contains(out, "damaged") && !strings.Contains(out, "not a backup") {
				t.Errorf("%d bytes, of %d: %v %s", len(bad), len(good), err, out)
			}
		}
	}
	cam.n.Store(0)
	p = start(t, dir)
	if after := p.cameras(); after != before {
		t.Errorf("the cameras were %s and are %s", before, after)
	}
	cam.await(t)
	p.Stop()
}

func flipped(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 0x10
	return b
}

// TestBackupWithAToken makes one of a hub with users.
func TestBackupWithAToken(t *testing.T) {
	t.Parallel()
	dir, to := t.TempDir(), t.TempDir()
	if out, err := userCommand(t, dir, "correct horse", "add", "ann", "--role", "admin"); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	p := start(t, dir)
	req, err := http.NewRequestWithContext(t.Context(), "POST", p.URL+"/api/v1/tokens", strings.NewReader(`{"name":"T","role":"admin","grants":{"all":true}}`))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("ann", "correct horse")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	var token struct{ Secret string }
	err = json.NewDecoder(resp.Body).Decode(&token)
	resp.Body.Close()
	if err != nil || token.Secret == "" {
		t.Fatalf("%d, %v", resp.StatusCode, err)
	}
	file := filepath.Join(to, "b.tar")
	if out, err := runCommand(t, to, nil, "backup", file, "--url", p.URL); err == nil || !strings.Contains(out, "CAMHUB_TOKEN") {
		t.Errorf("without a token: %v %s", err, out)
	}
	if out, err := runCommand(t, to, []string{"CAMHUB_TOKEN=" + token.Secret}, "backup", file, "--url", p.URL); err != nil {
		t.Errorf("with a token: %v %s", err, out)
	}
	p.Stop()
	if out := must(t, to, "restore", file); !strings.Contains(out, "camhub user passwd NAME): ann") {
		t.Errorf("it says %s", out)
	}
	p = start(t, to)
	if status := p.call("GET", "/api/v1/cameras", "", nil); status != http.StatusUnauthorized {
		t.Errorf("what was put back is open: %d", status)
	}
	p.Stop()
}

// TestKillDuringRotation kills camhub key rotate at random moments; the hub finds every
// password after each.
func TestKillDuringRotation(t *testing.T) {
	t.Parallel()
	cam := newAskedWith(t)
	dir := t.TempDir()
	p := start(t, dir)
	for i := range 20 {
		p.add(strings.Replace(cam.definition(fmt.Sprintf("cam-%d", i)), `"source"`, `"enabled":false,"source"`, 1))
	}
	p.Stop()
	began := time.Now()
	must(t, dir, "key", "rotate")
	took := time.Since(began)
	killed := 0
	for range 15 {
		cmd := camhub(t, "key", "rotate", "--data", dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(took/4+rand.N(took), func() { cmd.Process.Kill() })
		if err := cmd.Wait(); err != nil {
			killed++
		}
		kill.Stop()
		must(t, dir, "key", "check")
	}
	t.Logf("%d of 15 were killed; one that is not takes %v", killed, took)
	must(t, dir, "key", "rotate")
	p = start(t, dir)
	p.call("PATCH", "/api/v1/cameras/cam-7", `{"enabled":true}`, nil)
	cam.await(t)
	p.Stop()
}

// TestPanicShowsNoSecret has the hub print every goroutine, as a panic does, and looks for
// the password of a camera.
func TestPanicShowsNoSecret(t *testing.T) {
	cam := newAskedWith(t)
	p := start(t, t.TempDir(), "--log-level", "debug")
	p.add(cam.definition("a"))
	cam.await(t)
	if err := p.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(patience); err == nil {
		t.Error("it ended well")
	}
	log := p.Log()
	if !strings.Contains(log, "goroutine ") || !strings.Contains(log, "camera=a") && !strings.Contains(log, `"camera":"a"`) {
		t.Errorf("the log is not the one to search: %.500s", log)
	}
	if strings.Contains(log, plantedPassword) {
		t.Error("the password is in it")
	}
}
