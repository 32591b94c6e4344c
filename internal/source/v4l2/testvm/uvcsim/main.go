//go:build linux

// Command uvcsim is a USB camera without hardware, for tests. It implements a
// UVC 1.1 camera and speaks USB/IP to the kernel's own vhci_hcd over a socket
// pair, so that the real uvcvideo driver binds to it: a /dev/videoN with MJPG and
// YUYV and a metadata node appear, as with a camera on a cable.
//
// SIGUSR1 stalls it and lets it go on, SIGUSR2 marks one frame as damaged, and
// SIGTERM pulls the plug. It needs root and the module vhci-hcd.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	log.SetFlags(log.Lmicroseconds)
	log.SetPrefix("uvcsim: ")
	var f flaws
	serial := flag.String("serial", "0001", "serial number; empty for none, as cheap cameras have it")
	port := flag.Int("port", 0, "port of the virtual host controller, from 0 to 7")
	flag.BoolVar(&f.noTables, "nodht", false, "leave the Huffman tables out of the pictures")
	flag.BoolVar(&f.noEnd, "noeoi", false, "leave out the end marker of the pictures")
	flag.IntVar(&f.padding, "pad", 0, "zero bytes behind each picture")
	flag.Parse()

	c, err := plug(newCamera(*serial, f), *port)
	if err != nil {
		log.Fatal(err)
	}
	gone := make(chan error, 1)
	go func() { gone <- c.serve() }()
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGTERM)
	for {
		select {
		case err := <-gone:
			log.Printf("detached: %v", err)
			return
		case s := <-signals:
			switch s {
			case syscall.SIGUSR1:
				c.toggleStall()
			case syscall.SIGUSR2:
				c.damageNext()
			default:
				return // the kernel sees the socket close: the plug is pulled
			}
		}
	}
}

// plug connects the camera to a port of the virtual host controller.
func plug(c *camera, port int) (*camera, error) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return nil, fmt.Errorf("socket pair: %w", err)
	}
	c.conn = os.NewFile(uintptr(fds[0]), "usbip")
	const highSpeed = 3
	attach := fmt.Sprintf("%d %d %d %d", port, fds[1], 0x10001+port, highSpeed)
	if err := os.WriteFile("/sys/devices/platform/vhci_hcd.0/attach", []byte(attach), 0); err != nil {
		return nil, fmt.Errorf("attach to port %d: %w", port, err)
	}
	return c, syscall.Close(fds[1]) // the kernel has it now
}
