package proctest

import (
	"net"
	"os/exec"
	"slices"
	"strconv"
	"testing"
)

func TestFreePort(t *testing.T) {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(FreePort(t))))
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}

func TestChildren(t *testing.T) {
	cmd := exec.Command("cat")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skip(err)
	}
	pid := strconv.Itoa(cmd.Process.Pid)
	if !slices.Contains(Children(t, ""), pid) || !slices.Contains(Children(t, "cat"), pid) || slices.Contains(Children(t, "another"), pid) {
		t.Errorf("%s is not among %v", pid, Children(t, ""))
	}
	stdin.Close()
	if err := cmd.Wait(); err != nil || slices.Contains(Children(t, ""), pid) {
		t.Errorf("it is still there (%v)", err)
	}
}
