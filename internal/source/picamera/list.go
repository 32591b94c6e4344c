package picamera

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"camhub/internal/device"
	"camhub/internal/source"
)

// listers are the programs that list cameras, the best first.
var listers = []string{"rpicam-hello", "libcamera-hello", "rpicam-vid", "libcamera-vid"}

// maxListing bounds what such a program may print.
const maxListing = 256 << 10

// model is where the system says what computer it is.
const model = "/sys/firmware/devicetree/base/model"

// List returns the cameras on the camera ports of this machine, by running the
// program that knows them. Where none is installed there are none; on a
// Raspberry Pi that is an error, since there may be. It takes as long as the
// program, up to the end of ctx. The error is a *source.Error.
func List(ctx context.Context) ([]device.Device, error) {
	for _, name := range listers {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		text, err := ask(ctx, path, "--list-cameras")
		if err != nil {
			return nil, listError(name, err)
		}
		list := parseListing(text)
		if len(list) == 0 && denied("/dev") {
			return nil, source.Errorf(codeNoPermission, "%s", permission)
		}
		return list, nil
	}
	if _, err := exec.LookPath(raspivid); err == nil {
		return listLegacy(ctx)
	}
	if b, err := os.ReadFile(model); err == nil && strings.Contains(string(b), "Raspberry Pi") {
		_, _, err := find(auto)
		return nil, err
	}
	return nil, nil
}

func listError(name string, err error) error {
	return &source.Error{Code: codeFailed, Message: fmt.Sprintf("The cameras can't be listed: %s: %v", name, err), Err: err}
}

// ask runs a program and returns what it printed.
func ask(ctx context.Context, path string, args ...string) (string, error) {
	p, err := start(path, args)
	if err != nil {
		return "", err
	}
	woken := make(chan struct{})
	release := context.AfterFunc(ctx, func() { defer close(woken); p.wake() })
	text, err := io.ReadAll(io.LimitReader(p.out, maxListing+1))
	if !release() {
		<-woken
	}
	whole := err == nil && len(text) <= maxListing
	if whole {
		p.settle()
	}
	p.stop()
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case err != nil:
		return "", err
	case !whole:
		return "", fmt.Errorf("it prints more than %d bytes", maxListing)
	case p.err != nil:
		return "", fmt.Errorf("%w%s", p.err, quote(p.said.text()))
	}
	return string(text), nil
}

// vcgencmd prints "supported=1 detected=1", with more behind it on some systems.
var detected = regexp.MustCompile(`\bdetected=(\d)\b`)

// listLegacy lists the cameras that raspivid can read. The firmware tells how
// many there are, and no more.
func listLegacy(ctx context.Context) ([]device.Device, error) {
	path, err := exec.LookPath("vcgencmd")
	if err != nil {
		return nil, nil
	}
	text, err := ask(ctx, path, "get_camera")
	if err != nil {
		return nil, listError("vcgencmd", err)
	}
	m := detected.FindStringSubmatch(text)
	if m == nil {
		return nil, nil
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return nil, err
	}
	var list []device.Device
	for i := range n {
		list = append(list, newDevice(strconv.Itoa(i), ""))
	}
	return list, nil
}
