// Command standin behaves as rpicam-vid, libcamera-vid, rpicam-hello, raspivid
// or vcgencmd does, by the name that it is called by; see package picamtest. It
// looks beside itself for how to behave, and writes down there what was asked.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	s := &standin{dir: filepath.Dir(os.Args[0]), name: filepath.Base(os.Args[0])}
	s.mode = s.read("mode", "")
	if s.mode == childMode {
		child()
	}
	s.append("starts", s.name+"\t"+strings.Join(os.Args[1:], "\t"))
	var names []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		names = append(names, name)
	}
	s.write("environment", strings.Join(names, "\n"))
	os.Exit(s.run(os.Args[1:]))
}

// standin is the program.
type standin struct {
	dir, name, mode string
}

func (s *standin) run(args []string) int {
	switch s.name {
	case "vcgencmd":
		fmt.Println(s.read("list", "supported=1 detected=1, libcamera interfaces=0"))
		return 0
	case "raspivid":
		o, err := parseLegacy(args)
		if err != nil {
			fmt.Fprintln(os.Stdout, err) // as raspivid does
			return 64
		}
		return s.film(o)
	}
	o, err := parse(args)
	switch {
	case err != nil:
		return s.fail(err.Error())
	case o.list:
		return s.list()
	}
	return s.film(o)
}

// fail says how rpicam-vid fails: whatever happens becomes an exception.
func (s *standin) fail(text string) int {
	fmt.Fprintf(os.Stderr, "ERROR: *** %s ***\n", text)
	return 255
}

// list prints the cameras.
func (s *standin) list() int {
	switch s.mode {
	case "hangs":
		time.Sleep(time.Hour)
	case "dies":
		return s.fail("failed to generate capture configuration")
	case "floods":
		for range 1 << 16 {
			fmt.Println("0 : imx219 [3280x2464 10-bit RGGB] (/base/soc/i2c0mux/i2c@1/imx219@10)")
		}
		return 0
	}
	fmt.Print(s.read("list", oneCamera))
	return 0
}

const oneCamera = `Available cameras
-----------------
0 : imx219 [3280x2464 10-bit RGGB] (/base/soc/i2c0mux/i2c@1/imx219@10)
    Modes: 'SRGGB10_CSI2P' : 640x480 [103.33 fps - (1000, 752)/1280x960 crop]
                             3280x2464 [21.19 fps - (0, 0)/3280x2464 crop]

`

// read returns what a file beside the program holds.
func (s *standin) read(name, standard string) string {
	b, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		return standard
	}
	return string(b)
}

func (s *standin) write(name, text string) {
	check(os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600))
}

func (s *standin) append(name, line string) {
	f, err := os.OpenFile(filepath.Join(s.dir, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	check(err)
	_, err = f.WriteString(line + "\n")
	check(err)
	check(f.Close())
}

// check ends the program when it can't do its own work.
func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "standin:", err)
		os.Exit(3)
	}
}
