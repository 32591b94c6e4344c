//go:build linux

package soak

import (
	"fmt"
	"os"
	"strings"
)

// starvedAt is the pressure at which a picture may be two seconds late without a fault
// of the hub: other programs have the processors. The soak alone stays far below.
const starvedAt = 75

// pressure returns how much of the last ten seconds some task of the machine waited for
// a processor, in percent, or 0 where the kernel does not tell. See "PSI" in the
// kernel's documentation, accounting/psi.
func pressure() (percent float64) {
	b, err := os.ReadFile("/proc/pressure/cpu")
	if err != nil || !strings.HasPrefix(string(b), "some ") {
		return 0
	}
	if _, err := fmt.Sscanf(string(b), "some avg10=%f", &percent); err != nil {
		return 0
	}
	return percent
}
