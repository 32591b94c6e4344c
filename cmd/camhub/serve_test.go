package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestCommandLine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		args   []string
		env    string
		status int
		out    string
	}{
		{"help", []string{"help"}, "", 0, "camhub serve"},
		{"none", nil, "", 0, "camhub serve"},
		{"version", []string{"version"}, "", 0, "camhub "},
		{"flags", []string{"serve", "-h"}, "", 0, "$CAMHUB_LOG_LEVEL"},
		{"help of a command", []string{"help", "restore"}, "", 0, "camhub restore FILE [flags]"},
		{"help of verbs", []string{"user", "-h"}, "", 0, "camhub user add NAME [flags]"},
		{"help of a verb", []string{"key", "rotate", "--help"}, "", 0, "camhub key check [flags]"},
		{"help of a version", []string{"version", "-h"}, "", 0, "camhub version"},
		{"help of the environment", []string{"health", "-h"}, "", 0, "$CAMHUB_LISTEN]"},
		{"help of nothing", []string{"help", "sevre"}, "", 2, `no guide or command "sevre"`},
		{"help of two", []string{"help", "serve", "check"}, "", 2, `unexpected argument "check"`},
		{"no time", []string{"serve", "--hsts", "30d"}, "", 2, "such as 720h"},
		{"no verb", []string{"user"}, "", 2, "say what to do: add"},
		{"wrong verb", []string{"user", "ann"}, "", 2, "say what to do: add"},
		{"folder of the environment", []string{"check"}, "CAMHUB_DATA=elsewhere", 2, "elsewhere"},
		{"no such command", []string{"sevre"}, "", 2, `no command "sevre"`},
		{"no such flag", []string{"serve", "--prot", "1"}, "", 2, "-prot"},
		{"argument", []string{"serve", "now"}, "", 2, `unexpected argument "now"`},
		{"log level", []string{"serve", "--log-level", "loud"}, "", 2, `not "loud"`},
		{"log format", []string{"serve", "--log-format", "xml"}, "", 2, `not "xml"`},
		{"environment", []string{"serve"}, "CAMHUB_DEMO=perhaps", 2, "CAMHUB_DEMO"},
		{"empty environment", []string{"serve", "--log-level", "loud"}, "CAMHUB_DEMO=", 2, `not "loud"`},
		{"empty address", []string{"serve", "--listen", ""}, "", 2, "--listen"},
		{"empty folder", []string{"serve", "--data", ""}, "", 2, "--data"},
		{"no port", []string{"serve", "--listen", "8080", "--data", t.TempDir()}, "", 1, "such as 127.0.0.1:8080"},
		{"address", []string{"serve", "--listen", "nowhere:x", "--data", t.TempDir()}, "", 1, "listen on nowhere:x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cmd := camhub(t, tt.args...)
			cmd.Env = append(cmd.Env, tt.env)
			out, _ := cmd.CombinedOutput()
			if tt.status != 0 && bytes.Count(out, []byte("\n")) != 1 {
				t.Errorf("not one line: %q", out)
			}
			if status := cmd.ProcessState.ExitCode(); status != tt.status || !strings.Contains(string(out), tt.out) {
				t.Errorf("status %d, want %d and %q in\n%s", status, tt.status, tt.out, out)
			}
		})
	}
}

// TestPortInUse starts a second hub at the address of another.
func TestPortInUse(t *testing.T) {
	p := start(t, t.TempDir())
	out, err := camhub(t, "serve", "--log-level", "warn", "--listen", strings.TrimPrefix(p.URL, "http://"), "--data", t.TempDir()).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "choose another one with --listen") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestFirstLineIsTheURL(t *testing.T) {
	cmd := camhub(t, "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--demo")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	}()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	_, url, ok := strings.Cut(strings.TrimSpace(line), "camhub is at ")
	if err != nil || !ok {
		t.Fatalf("the first line is %q, %v", line, err)
	}
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		t.Errorf("the page: %s %v", resp.Status, resp.Header)
	}
}

// TestSetupLinkOfASocket makes the owner of a hub that only a proxy reaches: the link is
// one that a browser can open.
func TestSetupLinkOfASocket(t *testing.T) {
	cmd := camhub(t, "serve", "--listen", "unix:"+filepath.Join(t.TempDir(), "hub.sock"), "--data", t.TempDir())
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	}()
	for in := bufio.NewScanner(stdout); in.Scan(); {
		if link, _, ok := strings.Cut(strings.TrimSpace(in.Text()), "/setup#"); ok {
			if !strings.HasPrefix(link, "https://") {
				t.Errorf("the link begins with %s", link)
			}
			return
		}
	}
	t.Error("there is no link")
}

func TestDemoIsForEmptyHubs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	count := func(p *process) int {
		var list struct{ Cameras []struct{ ID string } }
		p.call("GET", "/api/v1/cameras", "", &list)
		return len(list.Cameras)
	}
	p := start(t, dir, "--demo")
	if n := count(p); n != 4 {
		t.Errorf("%d cameras in an empty hub", n)
	}
	for _, id := range []string{"front-door", "workshop", "garden"} {
		p.await(id, "live")
	}
	if status := p.call("DELETE", "/api/v1/cameras/garden", "", nil); status != 204 {
		t.Errorf("delete: %d", status)
	}
	p.Stop()
	p = start(t, dir, "--demo")
	if n := count(p); n != 3 {
		t.Errorf("%d cameras after a restart, want the 3 that were left", n)
	}
	p.Stop()
}

// TestStopUnderViewers stops the hub under a viewer that reads, one that does
// not, and a client of the event stream.
func TestStopUnderViewers(t *testing.T) {
	p := start(t, t.TempDir())
	id := p.addEmulated("A")
	p.await(id, "live")

	reading, err := http.Get(p.URL + "/cameras/" + id + "/feed")
	if err != nil {
		t.Fatal(err)
	}
	defer reading.Body.Close()
	ended := make(chan []byte, 1)
	go func() {
		b, err := io.ReadAll(reading.Body)
		if err != nil {
			b = nil
		}
		ended <- b
	}()
	stalled, err := net.Dial("tcp", strings.TrimPrefix(p.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer stalled.Close()
	io.WriteString(stalled, "GET /cameras/"+id+"/feed HTTP/1.1\r\nHost: localhost\r\n\r\n")
	events, err := http.Get(p.URL + "/api/v1/events/live")
	if err != nil {
		t.Fatal(err)
	}
	defer events.Body.Close()
	time.Sleep(time.Second) // for the stalled viewer's buffers to fill

	if took := p.Stop(); took > stopsWithin {
		t.Errorf("stopping took %v", took)
	}
	if b := <-ended; !bytes.HasSuffix(b, []byte("--frame--\r\n")) {
		t.Errorf("the feed has no clean end: %q", b[max(0, len(b)-40):])
	}
	if _, err := io.ReadAll(events.Body); err != nil {
		t.Errorf("the event stream has no clean end: %v", err)
	}
}

func TestSecondSignalKills(t *testing.T) {
	p := start(t, t.TempDir())
	p.Process.Signal(syscall.SIGSTOP) // so that both signals wait for it
	p.Process.Signal(syscall.SIGTERM)
	p.Process.Signal(syscall.SIGINT)
	p.Process.Signal(syscall.SIGCONT)
	err := p.Wait(patience) // either way it ends at once: by the signal, or well
	if _, killed := errors.AsType[*exec.ExitError](err); err != nil && !killed {
		t.Error(err)
	}
}

// TestForeignDatabase starts the hub on files that are not its own.
func TestForeignDatabase(t *testing.T) {
	sqlite := "SQLite format 3\x00" + strings.Repeat("\x10\x00\x01\x01", 4000)
	for name, content := range map[string]string{"text": "my shopping list\n", "sqlite": sqlite} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "camhub.db")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := camhub(t, "serve", "--listen", "127.0.0.1:0", "--data", dir)
			out, _ := cmd.CombinedOutput()
			if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), path) || !strings.Contains(string(out), "What to do") {
				t.Errorf("exit %d:\n%s", cmd.ProcessState.ExitCode(), out)
			}
			if after, err := os.ReadFile(path); err != nil || string(after) != content {
				t.Errorf("the file was changed: %v", err)
			}
		})
	}
}

func TestOneHubPerFolder(t *testing.T) {
	dir := t.TempDir()
	start(t, dir)
	cmd := camhub(t, "serve", "--listen", "127.0.0.1:0", "--data", dir)
	out, _ := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), dir) {
		t.Errorf("exit %d:\n%s", cmd.ProcessState.ExitCode(), out)
	}
}

// TestForeignReaders reads the feed and the snapshot with other programs.
func TestForeignReaders(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	id := p.addEmulated("A")
	p.await(id, "live")
	feed := p.URL + "/cameras/" + id + "/feed"

	t.Run("ffmpeg", func(t *testing.T) {
		out := runProgram(t, "ffmpeg", "-hide_banner", "-loglevel", "warning", "-f", "mpjpeg", "-i", feed, "-frames:v", "100", "-f", "null", "-")
		if out != "" {
			t.Errorf("ffmpeg says:\n%s", out)
		}
	})
	t.Run("ffmpeg, smaller and slower", func(t *testing.T) {
		copied := feed + "?width=160&fps=10"
		out := runProgram(t, "ffmpeg", "-hide_banner", "-loglevel", "warning", "-f", "mpjpeg", "-i", copied, "-frames:v", "30", "-f", "null", "-")
		if out != "" {
			t.Errorf("ffmpeg says:\n%s", out)
		}
		size := runProgram(t, "ffprobe", "-v", "error", "-f", "mpjpeg", "-show_entries", "stream=width,height", "-of", "csv=p=0", copied)
		if strings.TrimSpace(size) != "160,120" {
			t.Errorf("ffprobe sees %q", size)
		}
	})
	t.Run("curl", func(t *testing.T) {
		need(t, "curl")
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		cmd := exec.CommandContext(ctx, "curl", "-sN", feed)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		n, before := 0, ""
		for lines := bufio.NewReader(out); n < 20; {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Errorf("after %d pictures: %v", n, err)
				break
			}
			if line == "Content-Type: image/jpeg\r\n" && before == "--frame\r\n" {
				n++
			}
			before = line
		}
		cancel()
		_ = cmd.Wait() // it was killed
	})
	t.Run("python", func(t *testing.T) {
		out := runProgram(t, "python3", "-c", pythonReader, feed)
		if strings.TrimSpace(out) != "10 pictures" {
			t.Errorf("python says %q", out)
		}
	})
	t.Run("snapshot", func(t *testing.T) {
		resp, err := http.Get(p.URL + "/cameras/" + id + "/snapshot.jpg")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if img, err := jpeg.Decode(resp.Body); err != nil || img.Bounds().Dx() != 320 {
			t.Errorf("%v", err)
		}
	})
}

// pythonReader reads ten parts with Python's standard library.
const pythonReader = `
import sys, urllib.request, http.client
r = urllib.request.urlopen(sys.argv[1], timeout=10)
assert r.headers.get_content_type() == "multipart/x-mixed-replace", r.headers
assert r.headers.get_param("boundary") == "frame"
n = 0
assert r.readline() == b"--frame\r\n"
while n < 10:
    part = http.client.parse_headers(r)
    assert part.get_content_type() == "image/jpeg", part
    assert float(part["X-Timestamp"]) > 1e9
    picture = r.read(int(part["Content-Length"]))
    assert picture[:2] == b"\xff\xd8" and picture[-2:] == b"\xff\xd9"
    assert r.readline() == b"\r\n" and r.readline() == b"--frame\r\n"
    n += 1
print(n, "pictures")
`
