package retention

import "fmt"

// Size writes a number of bytes for people, in units of 1000, with a digit of fraction
// if it matters.
func Size(n int64) string {
	v, unit := float64(max(n, 0)), "bytes"
	for _, next := range []string{"kB", "MB", "GB", "TB", "PB", "EB"} {
		if v < 1000 {
			break
		}
		v, unit = v/1000, next
	}
	if unit == "bytes" || v >= 100 {
		return fmt.Sprintf("%.0f %s", v, unit)
	}
	return fmt.Sprintf("%.1f %s", v, unit)
}
