//go:build linux

package main

import (
	"net/http"
	"testing"
	"time"

	"camhub/internal/picamtest"
)

// TestPicameraPrograms has one camera whose program works and one whose program
// takes no notice of anything: the hub serves the one, ends in good time, and
// leaves no program behind.
func TestPicameraPrograms(t *testing.T) {
	programs := picamtest.Install(t, "rpicam-vid", "libcamera-vid")
	p := start(t, t.TempDir())
	id := p.add(`{"name":"Works","source":{"kind":"picamera","command":"rpicam-vid","width":320,"height":240,"fps":20}}`)
	p.await(id, "live")
	resp, err := http.Get(p.URL + "/cameras/" + id + "/snapshot.jpg?width=160")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("snapshot: %s", resp.Status)
	}
	programs.Mode(picamtest.Hangs)
	p.add(`{"name":"Hangs","source":{"kind":"picamera","command":"libcamera-vid"}}`)
	for deadline := time.Now().Add(patience); programs.Running("libcamera-vid") == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the other program does not run")
		}
	}
	if took := p.Stop(); took > stopsWithin {
		t.Errorf("the hub took %v to stop", took)
	}
	if programs.Stops() != 1 {
		t.Error("the program that works was not stopped in good order")
	}
	if n := programs.Running("rpicam-vid") + programs.Running("libcamera-vid"); n != 0 {
		t.Errorf("%d programs are left", n)
	}
}
