package registry

import (
	"fmt"
	"slices"

	"camhub/internal/device"
)

// checkValue says what is wrong with a new value of a control, or "". nil
// stands for the default. A control that another one decides at present takes
// values all the same: the other may change at the same time.
func checkValue(name string, v *int64, now Controls) string {
	i := slices.IndexFunc(now.Controls, func(c device.Control) bool { return c.Name == name })
	_, stored := now.Stored[name]
	switch {
	case i < 0 && v == nil && stored:
		return "" // it is only forgotten
	case i < 0:
		return "is not a control of this camera"
	case now.Controls[i].ReadOnly:
		return "can't be changed"
	case v == nil:
		return ""
	}
	return checkRange(now.Controls[i], *v)
}

// checkRange says what is wrong with a value of c, or "".
func checkRange(c device.Control, v int64) string {
	switch c.Type {
	case "button":
		return "" // any value presses it
	case "menu":
		if !slices.ContainsFunc(c.Menu, func(item device.Item) bool { return item.Value == v }) {
			return "must be one of the values of its menu"
		}
		return ""
	}
	switch {
	case v < c.Min || v > c.Max:
		return fmt.Sprintf("must be from %d to %d", c.Min, c.Max)
	case c.Step > 1 && (uint64(v)-uint64(c.Min))%uint64(c.Step) != 0: // the difference may be more than an int64
		return fmt.Sprintf("must be %d plus a multiple of %d", c.Min, c.Step)
	}
	return ""
}
