package picamera

import (
	"os"
	"os/exec"
	"slices"
	"strings"

	"camhub/internal/source"
)

// commands are the programs that give pictures, the newest first.
var commands = []string{"rpicam-vid", "libcamera-vid", raspivid}

// find returns the path of the program that command names: one of commands, or
// auto for the first of them that is installed.
func find(command string) (name, path string, err error) {
	names := commands
	if command != auto {
		names = []string{command}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return name, path, nil
		}
	}
	if command != auto {
		return "", "", source.Errorf(codeNoProgram, "The program %s is not installed.", command)
	}
	return "", "", source.Errorf(codeNoProgram, "No program for Raspberry Pi cameras is installed: install rpicam-apps.")
}

// inherited are the variables of the environment that the programs may see.
// Those of the hub itself are none of their business.
var inherited = []string{"PATH", "HOME", "TMPDIR", "XDG_RUNTIME_DIR", "LD_LIBRARY_PATH"}

// environment returns the environment for a program.
func environment() []string {
	env := []string{"LC_ALL=C"}
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if slices.Contains(inherited, name) || strings.HasPrefix(name, "LIBCAMERA_") {
			env = append(env, v)
		}
	}
	return env
}
