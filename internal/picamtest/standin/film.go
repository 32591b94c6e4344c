package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// childMode is the mode of a process that a program forks.
const childMode = "child"

// film writes pictures until it is interrupted or can't write any more.
func (s *standin) film(o order) int {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	signal.Ignore(syscall.SIGPIPE) // what remains is an error
	if code, over := s.begin(o); over {
		return code
	}
	tick := time.NewTicker(time.Duration(float64(time.Second) / o.fps))
	defer tick.Stop()
	pictures := [][]byte{picture(o, 0), picture(o, 1)}
	for n := 1; ; n++ {
		if s.mode == "floods" {
			for range 200 {
				fmt.Fprintf(os.Stderr, "#%d (%.2f fps) exp 33000.00 ag 1.00 dg 1.00\n", n, o.fps)
			}
		}
		if _, err := os.Stdout.Write(pictures[n%2]); err != nil {
			return s.fail("failed to write output bytes")
		}
		if n == 3 {
			s.end()
		}
		select {
		case <-tick.C:
		case <-stop:
			if s.mode == "slow" {
				time.Sleep(time.Second)
			}
			s.append("stops", s.name)
			return 0
		}
	}
}

// begin does what a mode does before the first picture, and returns the exit
// code if that is all.
func (s *standin) begin(o order) (code int, over bool) {
	switch s.mode {
	case "none":
		if s.name == "raspivid" {
			fmt.Fprintln(os.Stderr, "mmal: Camera is not detected. Please check carefully the camera module is installed correctly")
			return 70, true
		}
		return s.fail("no cameras available"), true
	case "busy":
		fmt.Fprintln(os.Stderr, "[0:19:06.419783286] [2746]  INFO Camera camera.cpp:839 Pipeline handler in use by another process")
		return s.fail("failed to acquire camera /base/soc/i2c0mux/i2c@1/imx219@10"), true
	case "denied":
		fmt.Fprintln(os.Stderr, "Could not open any dmaHeap device")
		return s.fail("no cameras available"), true
	case "old-version":
		return s.fail("unrecognised option '--autofocus-mode'"), true
	case "hangs":
		signal.Ignore(os.Interrupt)
		time.Sleep(time.Hour)
	case "times-out":
		for {
			fmt.Fprintln(os.Stderr, "ERROR: Device timeout detected, attempting a restart!!!")
			time.Sleep(20 * time.Millisecond)
		}
	case "garbage":
		return s.repeat(func(n int) []byte { return bytes.Repeat([]byte{byte(n), 0, 0xFF, byte(n >> 8)}, 16<<10) }), true
	case "endless":
		start := picture(o, 0)
		start = start[:len(start)-2]
		return s.repeat(func(n int) []byte {
			if n == 0 {
				return start
			}
			return make([]byte, 64<<10)
		}), true
	case "broken":
		p := picture(o, 0)
		at := bytes.Index(p, []byte{0xFF, 0xC0})
		copy(p[at+5:], []byte{0, 0, 0, 0}) // no height and no width
		return s.repeat(func(int) []byte { return p }), true
	case "forks", "dies-forked":
		s.fork()
	}
	if o.camera > 0 {
		return s.fail("selected camera is not available"), true
	}
	return 0, false
}

// end does what a mode does after three pictures.
func (s *standin) end() {
	switch s.mode {
	case "dies", "dies-forked":
		os.Exit(s.fail("failed to queue request"))
	case "crashes":
		check(syscall.Kill(os.Getpid(), syscall.SIGKILL))
		time.Sleep(time.Hour)
	}
}

// repeat writes the blocks of a mode until nobody reads them any more.
func (s *standin) repeat(block func(n int) []byte) int {
	for n := 0; ; n++ {
		if _, err := os.Stdout.Write(block(n)); err != nil {
			return s.fail("failed to write output bytes")
		}
	}
}

// fork starts a child that holds what the program holds.
func (s *standin) fork() {
	dir, err := os.MkdirTemp(s.dir, "child-")
	check(err)
	check(os.WriteFile(dir+"/mode", []byte(childMode), 0o600))
	self, err := os.Executable()
	check(err)
	check(os.Symlink(self, dir+"/child"))
	cmd := exec.Command(dir + "/child")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	check(cmd.Start())
	s.append("children", fmt.Sprint(cmd.Process.Pid))
}

// child waits for its end, deaf to all that can be not heard.
func child() {
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	time.Sleep(time.Hour)
	os.Exit(0)
}

// picture returns one of two pictures.
func picture(o order, n int) []byte {
	img := image.NewGray(image.Rect(0, 0, o.width, o.height))
	for i := range img.Pix {
		img.Pix[i] = uint8(i/o.width + i%o.width + 100*n)
	}
	img.SetGray(0, 0, color.Gray{})
	var b bytes.Buffer
	check(jpeg.Encode(&b, img, &jpeg.Options{Quality: o.quality}))
	return b.Bytes()
}
