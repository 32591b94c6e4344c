package picamera

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// roi is a part of the picture as fractions of it: left, top, width, height.
// The zero roi is all of it. In JSON it is "x,y,w,h", or "".
type roi [4]float64

var errROI = errors.New(`must be "x,y,w,h", fractions of the picture with x+w and y+h of at most 1, or ""`)

// MarshalText implements encoding.TextMarshaler.
func (r roi) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// String implements fmt.Stringer.
func (r roi) String() string {
	if r == (roi{}) {
		return ""
	}
	parts := make([]string, len(r))
	for i, v := range r {
		parts[i] = decimal(v)
	}
	return strings.Join(parts, ",")
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *roi) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) != nil {
		return errROI
	}
	*r = roi{}
	if text == "" {
		return nil
	}
	parts := strings.Split(text, ",")
	if len(parts) != len(r) {
		return errROI
	}
	var v roi
	for i, part := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || !(f >= 0 && f <= 1) {
			return errROI
		}
		v[i] = f
	}
	const slack = 1e-9 // 0.7+0.3 need not be 1
	if v[2] == 0 || v[3] == 0 || v[0]+v[2] > 1+slack || v[1]+v[3] > 1+slack {
		return errROI
	}
	*r = v
	return nil
}

// decimal writes a number as the programs read it, without an exponent.
func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
