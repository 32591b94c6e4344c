package doctor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// builtAfter is a time that no right clock is before.
var builtAfter = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// slack is how far clocks may be apart without a word.
const slack = time.Minute

// checkClock looks whether the time makes sense, and has done so for a while.
func checkClock(_ context.Context, e *exam) []Finding {
	now := time.Now()
	const advice = "set the clock, and see that the machine keeps it (timedatectl set-ntp true; a Raspberry Pi has none of its own)"
	if now.Before(builtAfter) {
		return fail(advice, "it is set to %s, which can't be", now.Format(time.RFC3339))
	}
	if info, err := os.Stat(e.database); err == nil && info.ModTime().After(now.Add(slack)) {
		return warn(advice, "it is set to %s, and the database was written at %s: one of them is wrong", now.Format(time.RFC3339), info.ModTime().Format(time.RFC3339))
	}
	if e.data != nil && len(e.data.Events) > 0 && e.data.Events[0].Time.After(now.Add(slack)) {
		return warn(advice, "it is set to %s, and the newest event is of %s", now.Format(time.RFC3339), e.data.Events[0].Time.Format(time.RFC3339))
	}
	if h := e.hub; h != nil {
		// Uptime does not follow the clock: what is left was a change of it.
		if jump := h.told.Sub(h.started.Add(h.uptime)).Round(time.Second); jump.Abs() > slack {
			return warn("nothing, if it was set right; recordings of before keep the times that they had", "it was changed by %v since the hub started", jump)
		}
	}
	switch follows, err := synchronised(); {
	case err != nil:
		return ok("%s; whether it follows others is not known", now.Format(time.RFC3339))
	case !follows:
		return warn("turn on NTP (timedatectl set-ntp true), unless something else keeps the time", "%s, and the kernel says that it follows no other clock", now.Format(time.RFC3339))
	}
	return ok("%s, synchronised", now.Format(time.RFC3339))
}

// checkOpenFiles looks how many files and connections a program may have. The hub raises
// its own limit to the hard one, as this program has.
func checkOpenFiles(context.Context, *exam) []Finding {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return ok("not known")
	}
	const advice = "raise it: ulimit -Hn 65536 in the shell, or LimitNOFILE=65536 in the unit of systemd"
	switch {
	case limit.Max < 512:
		return fail(advice, "a program may have %d open: each viewer, camera and recording takes one or more", limit.Max)
	case limit.Max < 4096:
		return warn(advice, "a program may have %d open: each viewer, camera and recording takes one or more", limit.Max)
	}
	return ok("a program may have %d open", limit.Max)
}

// checkFFmpeg looks for what exports to H.264 need.
func checkFFmpeg(context.Context, *exam) []Finding {
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		return warn("install it (apt-get install ffmpeg), if you want exports as mp4-h264", "is not installed; only exports as mp4-h264 need it")
	}
	return ok("%s", path)
}

// cameraPrograms read the camera port of a Raspberry Pi.
var cameraPrograms = []string{"rpicam-vid", "libcamera-vid", "raspivid"}

// checkCameraPrograms looks for what cameras of a Raspberry Pi need.
func checkCameraPrograms(_ context.Context, e *exam) []Finding {
	for _, name := range cameraPrograms {
		if path, err := exec.LookPath(name); err == nil {
			return ok("%s", path)
		}
	}
	const advice = "install one (apt-get install rpicam-apps, or libcamera-apps on older systems)"
	for _, d := range e.cameras() {
		if d.Source.Kind == "picamera" {
			return fail(advice, "there is none of %s, and camera %s needs one", strings.Join(cameraPrograms, ", "), d.ID)
		}
	}
	if model, err := os.ReadFile("/proc/device-tree/model"); err == nil && bytes.Contains(model, []byte("Raspberry Pi")) {
		return warn(advice+", if a camera is on its port", "there is none of %s", strings.Join(cameraPrograms, ", "))
	}
	return ok("none, and none is needed")
}

// checkDevices looks whether this user may read the cameras that are plugged in.
func checkDevices(_ context.Context, e *exam) []Finding {
	paths, err := filepath.Glob(filepath.Join(e.DevDir, "video[0-9]*"))
	if err != nil || len(paths) == 0 {
		for _, d := range e.cameras() {
			if d.Source.Kind == "v4l2" && d.Enabled {
				return fail("plug it in; the kernel's log says whether it is seen (dmesg)", "there is none, and camera %s needs one", d.ID)
			}
		}
		return ok("none")
	}
	var refused []string
	for _, path := range paths {
		if err := usable(path); errors.Is(err, fs.ErrPermission) {
			refused = append(refused, path)
		}
	}
	if len(refused) > 0 {
		return fail("add the user that runs camhub to the group: usermod -a -G "+groupOf(refused[0])+" USER, then start it again",
			"this user may not read %s", strings.Join(refused, ", "))
	}
	return ok("%s", strings.Join(slices.Compact(paths), ", "))
}

// groupOf returns the group of a file.
func groupOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return "video"
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "video"
	}
	id := strconv.FormatUint(uint64(st.Gid), 10)
	if g, err := user.LookupGroupId(id); err == nil {
		return g.Name
	}
	return id
}

// checkVersions names what runs.
func checkVersions(_ context.Context, e *exam) []Finding {
	text := versions(e)
	if e.hub != nil && e.hub.version != e.Version {
		return warn("restart the hub, if you have updated it, or run the doctor of its version", "the hub is camhub %s, and this is %s", e.hub.version, text)
	}
	return ok("%s", text)
}

func versions(e *exam) string {
	return fmt.Sprintf("camhub %s, %s, %s, %s, %d processors", e.Version, runtime.Version(), runtime.GOARCH, kernel(), runtime.NumCPU())
}
