package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"camhub/internal/hubtest"
)

// asService returns the hub as the shipped unit runs it: with its arguments, and a
// socket that somebody else holds.
func asService(t *testing.T, l *net.TCPListener, dir string, env ...string) *exec.Cmd {
	t.Helper()
	unit := deployed(t, "camhub.service", "${STATE_DIRECTORY}", dir)
	line := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/camhub (.*)$`).FindStringSubmatch(unit)
	if line == nil {
		t.Fatal("the unit starts nothing")
	}
	f, err := l.File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	// The process has to be named in its environment, and it becomes the hub.
	args := append([]string{"-c", `LISTEN_PID=$$ WATCHDOG_PID=$$ exec "$0" "$@"`, os.Args[0]}, strings.Fields(line[1])...)
	cmd := exec.Command("sh", append(args, "--log-format", "json")...)
	cmd.ExtraFiles = []*os.File{f}
	cmd.Env = append(os.Environ(), append(env, runAsCamhub+"=1", "LISTEN_FDS=1", "LISTEN_FDNAMES=camhub.socket")...)
	return cmd
}

// held returns a listener as camhub.socket makes it.
func held(t *testing.T) *net.TCPListener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.(*net.TCPListener)
}

// TestRestartRefusesNobody makes 1,000 connections while the hub stops and another
// one starts: each is answered.
func TestRestartRefusesNobody(t *testing.T) {
	const all, atOnce = 1000, 20
	l, dir := held(t), t.TempDir()
	hub := hubtest.Start(t, asService(t, l, dir))
	url := "http://" + l.Addr().String() + "/healthz"
	if hub.URL+"/healthz" != url {
		t.Fatalf("the hub is at %s, not at the socket that it was given", hub.URL)
	}
	var asked, answered atomic.Int64
	failed := make(chan error, all)
	restarting, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		places := make(chan struct{}, atOnce)
		for i := range all {
			if i == all/2 {
				<-restarting // however quick the machine is
			}
			places <- struct{}{}
			go func() {
				defer func() { <-places }()
				asked.Add(1)
				if err := askOnce(url); err != nil {
					failed <- err
					return
				}
				answered.Add(1)
			}()
		}
		for range atOnce {
			places <- struct{}{}
		}
	}()
	for asked.Load() < 100 {
		time.Sleep(time.Millisecond)
	}
	before := asked.Load()
	down := time.Now()
	close(restarting)
	hub.Stop()
	stopped := asked.Load()
	hub = hubtest.Start(t, asService(t, l, dir))
	t.Logf("it was away for %v; %d connections before, %d meanwhile at first", time.Since(down).Round(time.Millisecond), before, stopped-before)
	<-done
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	if answered.Load() != all {
		t.Errorf("%d of %d were answered; the restart began after %d", answered.Load(), all, before)
	}
	hub.Stop()
}

// askOnce makes a request with a connection of its own.
func askOnce(url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if b, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != 200 {
		return fmt.Errorf("%s: %s, %v", resp.Status, b, err)
	}
	return nil
}

// TestServiceManagerHears has the real program tell a real socket.
func TestServiceManagerHears(t *testing.T) {
	dir, err := os.MkdirTemp("", "notify") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "s")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer manager.Close()
	hear := func(want string) {
		t.Helper()
		for b := make([]byte, 4096); ; {
			manager.SetReadDeadline(time.Now().Add(patience))
			n, err := manager.Read(b)
			if err != nil {
				t.Fatalf("waiting for %s: %v", want, err)
			}
			if strings.Contains(string(b[:n]), want) {
				return
			}
		}
	}
	hub := hubtest.Start(t, asService(t, held(t), t.TempDir(), "NOTIFY_SOCKET="+path, "WATCHDOG_USEC=500000"))
	hear("READY=1\nSTATUS=serving at " + hub.URL)
	hear("WATCHDOG=1")
	hear("WATCHDOG=1")
	if resp, err := http.Get(hub.URL + "/healthz"); err != nil {
		t.Error(err)
	} else {
		resp.Body.Close()
	}
	hub.Stop()
	hear("STOPPING=1")
}

// TestSocketsThatAreNone passes what is no listener.
func TestSocketsThatAreNone(t *testing.T) {
	cmd := asService(t, held(t), t.TempDir())
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cmd.ExtraFiles = []*os.File{file}
	out, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 || !strings.Contains(string(out), "camhub.socket") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestUnits has systemd look at the shipped units.
func TestUnits(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is not installed, and so the units are not checked")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"camhub.socket":  deployed(t, "camhub.socket"),
		"camhub.service": deployed(t, "camhub.service", "/usr/local/bin/camhub", os.Args[0]), // it has to be there
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	service := filepath.Join(dir, "camhub.service")
	if out := runProgram(t, "systemd-analyze", "verify", service, filepath.Join(dir, "camhub.socket")); out != "" {
		t.Errorf("systemd says:\n%s", out)
	}
	out := runProgram(t, "systemd-analyze", "security", "--offline=true", "--no-pager", service)
	exposure := regexp.MustCompile(`exposure level for camhub.service: ([0-9.]+)`).FindStringSubmatch(out)
	if exposure == nil {
		t.Fatalf("systemd says no exposure:\n%s", out)
	}
	if level, err := strconv.ParseFloat(exposure[1], 64); err != nil || level >= 3 {
		t.Errorf("the exposure is %s:\n%s", exposure[1], out)
	} else {
		t.Logf("the exposure is %s", exposure[1])
	}
}

// TestRedirectWithoutACertificate hands over a socket that only leads to HTTPS: whoever
// connected to it would wait for ever.
func TestRedirectWithoutACertificate(t *testing.T) {
	main, redirect := held(t), held(t)
	f, err := redirect.File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cmd := asService(t, main, t.TempDir())
	cmd.ExtraFiles = append(cmd.ExtraFiles, f)
	cmd.Env = append(cmd.Env, "LISTEN_FDS=2", "LISTEN_FDNAMES=camhub.socket:redirect")
	stop := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
	defer stop.Stop()
	out, _ := cmd.CombinedOutput()
	if status := cmd.ProcessState.ExitCode(); status != 1 || !strings.Contains(string(out), "the hub has no certificate. What to do: give it one") {
		t.Errorf("status %d: %s", status, out)
	}
}

// TestBadEntrances calls the hub in wrong ways.
func TestBadEntrances(t *testing.T) {
	for name, tt := range map[string]struct {
		args   []string
		status int
		out    string
	}{
		"no key":       {[]string{"--tls-cert", "x"}, 2, "--tls-key"},
		"no such file": {[]string{"--tls-cert", "/nowhere/x", "--tls-key", "/nowhere/y"}, 1, "--tls-cert: stat /nowhere/x"},
		"two ways":     {[]string{"--tls-self-signed", "--acme-domain", "a.example"}, 2, "only one"},
		"redirect":     {[]string{"--http-redirect", ":0"}, 2, "--http-redirect needs"},
		"HSTS, plain":  {[]string{"--hsts", "1h"}, 2, "--hsts needs a certificate that browsers believe"},
		"HSTS, own":    {[]string{"--hsts", "1h", "--tls-self-signed"}, 2, "--hsts needs a certificate that browsers believe"},
		"HSTS, minus":  {[]string{"--hsts", "-1h", "--trusted-proxy", "unix"}, 2, "must not be negative"},
		"proxies":      {[]string{"--trusted-proxy", "everybody"}, 2, `"everybody" is no network`},
		"domain":       {[]string{"--acme-domain", "localhost"}, 2, `"localhost" is no name`},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := camhub(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", t.TempDir()}, tt.args...)...)
			out, _ := cmd.CombinedOutput()
			if status := cmd.ProcessState.ExitCode(); status != tt.status || !strings.Contains(string(out), tt.out) || strings.Count(string(out), "\n") != 1 {
				t.Errorf("status %d: %s", status, out)
			}
		})
	}
}
