package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sys/unix"

	"camhub/internal/hubtest"
)

// startWithFiles runs a hub that may have few files open.
func startWithFiles(t *testing.T, limit string) *process {
	t.Helper()
	serve := hubtest.Serve(os.Args[0], t.TempDir())
	cmd := exec.Command("sh", append([]string{"-c", "ulimit -n " + limit + ` && exec "$0" "$@"`}, serve.Args...)...)
	cmd.Env = append(os.Environ(), runAsCamhub+"=1")
	return &process{Hub: hubtest.Start(t, cmd), t: t}
}

// TestConnectionsLeaveFilesToCameras has more connections knock than the hub may
// have files: it goes on recording, stores changes, and answers others.
func TestConnectionsLeaveFilesToCameras(t *testing.T) {
	hub := startWithFiles(t, "128")
	id := hub.add(`{"name":"A","source":{"kind":"emulated","width":64,"height":48},"record":{"mode":"always"}}`)
	hub.await(id, "live", 20*time.Second)
	for range 300 {
		c, err := net.DialTimeout("tcp", strings.TrimPrefix(hub.URL, "http://"), 20*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	other := hub.add(`{"name":"B","source":{"kind":"emulated","width":64,"height":48},"record":{"mode":"always"}}`)
	hub.await(other, "live", 20*time.Second)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		var list struct {
			Cameras []struct {
				Camera string
				Ranges []struct{ Pictures int }
			}
		}
		hub.call("GET", "/api/v1/recordings?camera="+other, "", &list)
		if len(list.Cameras) == 1 && len(list.Cameras[0].Ranges) > 0 && list.Cameras[0].Ranges[0].Pictures > 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing is recorded: %+v\n%s", list, hub.Log())
		}
	}
	if strings.Contains(hub.Log(), "too many open files") {
		t.Errorf("something had no file:\n%s", hub.Log())
	}
}

// TestNoFileForAConnection takes every file that a hub may have: it waits, and goes on
// when there are files again.
func TestNoFileForAConnection(t *testing.T) {
	hub := startWithFiles(t, "128")
	const left = 6 // less than a hub takes, whatever else the machine makes it hold open
	hub.limitFiles(left)
	d := &websocket.DialOptions{Subprotocols: []string{"camhub.wall.v1"}}
	var walls []*websocket.Conn
	for range 3 * left {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		ws, _, err := websocket.Dial(ctx, hub.URL+"/api/v1/wall", d)
		cancel()
		if err != nil {
			break // there are no files any more
		}
		walls = append(walls, ws)
	}
	if len(walls) == 0 || len(walls) > left {
		t.Errorf("%d walls are open with %d files", len(walls), left)
	}
	for _, ws := range walls {
		ws.CloseNow()
	}
	if status, _ := hub.Call("GET", "/healthz", ""); status != 200 {
		t.Errorf("afterwards: %d", status)
	}
}

// limitFiles lets the hub open no more than left files beside those that it has open.
func (p *process) limitFiles(left int) {
	p.t.Helper()
	limit := uint64(0) // of their numbers
	for free := 0; free < left; limit++ {
		if _, err := os.Lstat(fmt.Sprintf("/proc/%d/fd/%d", p.Process.Pid, limit)); err != nil {
			free++
		}
	}
	if err := unix.Prlimit(p.Process.Pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: limit, Max: limit}, nil); err != nil {
		p.t.Fatal(err)
	}
}
