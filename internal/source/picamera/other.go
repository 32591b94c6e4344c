//go:build !linux

package picamera

import (
	"errors"
	"os"
)

// process stands for a program on systems that have none for these cameras.
type process struct {
	out  *os.File
	said tail
	err  error
}

func start(string, []string) (*process, error) {
	return nil, errors.New("there are no Raspberry Pi cameras on this system")
}

func (p *process) wake()   {}
func (p *process) settle() {}
func (p *process) stop()   {}

func denied(string) bool { return false }
