// Package device describes what is plugged into this machine and can be a
// camera's source: what a kind finds when it looks, and what people choose from.
package device

// Device is one local camera. Its JSON form is what GET /api/v1/devices shows.
type Device struct {
	Kind   string   `json:"kind"`            // kind of source that reads it, such as "v4l2"
	Device string   `json:"device"`          // the value of the source's option that names it: stable over reboots where the system has such a name
	Paths  []string `json:"paths,omitempty"` // every other name that it has now, such as /dev/video0
	Name   string   `json:"name"`            // as its maker calls it
	Driver string   `json:"driver,omitempty"`
	Bus    string   `json:"bus,omitempty"` // where it is plugged in

	Formats  []Format  `json:"formats"`
	Controls []Control `json:"controls"`
	InUseBy  []string  `json:"in_use_by"` // ids of the cameras that are defined with it

	Problem string `json:"problem,omitempty"` // why it can't be read, for a person; empty when it can
}

// Format is one way in which a device gives pictures.
type Format struct {
	FourCC    string `json:"fourcc"` // the V4L2 pixel format, such as "MJPG"; for a Pi camera the sensor mode's
	Name      string `json:"name"`
	Supported bool   `json:"supported"` // whether camhub can read it
	Sizes     []Size `json:"sizes"`
}

// Size is a picture size, or a range of them, with the rates it comes at.
type Size struct {
	Width     int       `json:"width"` // pixels; the largest of a range
	Height    int       `json:"height"`
	MinWidth  int       `json:"min_width,omitempty"` // the smallest of a range; 0 when there is only one size
	MinHeight int       `json:"min_height,omitempty"`
	Rates     []float64 `json:"fps"` // pictures a second, the highest first; the bounds of a range
}

// Control is a setting of a device that can be changed while it runs.
type Control struct {
	Name     string `json:"name"`  // for programs: lower case with underscores, such as "power_line_frequency"
	Label    string `json:"label"` // for people, as the driver has it
	Type     string `json:"type"`  // "integer", "boolean", "menu" or "button"
	Min      int64  `json:"min"`
	Max      int64  `json:"max"`
	Step     int64  `json:"step"`
	Default  int64  `json:"default"`
	Value    int64  `json:"value"`
	Menu     []Item `json:"menu,omitempty"`
	ReadOnly bool   `json:"read_only,omitempty"`
	Inactive bool   `json:"inactive,omitempty"` // another setting decides it at present, as automatic exposure does

	DecidedBy string `json:"decided_by,omitempty"` // the name of that other setting, where it is known
	Group     string `json:"group,omitempty"`      // one of the groups; "" is GroupOther
}

// The groups in which people look for a control.
const (
	GroupImage        = "image"
	GroupWhiteBalance = "white_balance"
	GroupExposure     = "exposure"
	GroupLens         = "lens"
	GroupOther        = "other"
)

// Item is one choice of a menu.
type Item struct {
	Value int64  `json:"value"`
	Label string `json:"label"`
}
