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
	hub.keepAll()
	id := hub.add(`{"name":"A","source":{"kind":"emulated","width":64,"height":48},"record":{"mode":"always"}}`)
	hub.await(id, "live")
	for range 300 {
		c, err := net.DialTimeout("tcp", strings.TrimPrefix(hub.URL, "http://"), patience)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	other := hub.add(`{"name":"B","source":{"kind":"emulated","width":64,"height":48},"record":{"mode":"always"}}`)
	hub.await(other, "live")
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
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
	walls := []*websocket.Conn{hub.openWall(patience)}
	if walls[0] == nil {
		t.Fatal("no wall opens while there are files")
	}
	const left = 6 // how many of them the walls get is not sure: a hub opens and closes others
	hub.limitFiles(left)
	full := false
	for range 5 * left {
		ws := hub.openWall(2 * time.Second)
		if full = ws == nil; full {
			break
		}
		walls = append(walls, ws)
	}
	if !full {
		t.Errorf("%d walls are open with %d files", len(walls)-1, left)
	}
	for _, ws := range walls {
		ws.CloseNow()
	}
	if status, _ := hub.Call("GET", "/healthz", ""); status != 200 {
		t.Errorf("afterwards: %d", status)
	}
}

// openWall opens a wall, or returns nil when the hub does not take it in time.
func (p *process) openWall(limit time.Duration) *websocket.Conn {
	ctx, cancel := context.WithTimeout(p.t.Context(), limit)
	defer cancel()
	d := &websocket.DialOptions{Subprotocols: []string{"camhub.wall.v1"}}
	ws, _, err := websocket.Dial(ctx, p.URL+"/api/v1/wall", d)
	if err != nil {
		return nil
	}
	return ws
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
