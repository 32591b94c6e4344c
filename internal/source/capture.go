package source

// Mode is a way in which a camera gives pictures.
type Mode struct {
	Format string  `json:"format"` // such as "MJPG"; "auto" when any is asked for
	Width  int     `json:"width"`
	Height int     `json:"height"`
	FPS    float64 `json:"fps"` // pictures a second; 0 when the driver does not say
}

// Capture is what a local camera was asked for, what it gives, and what became
// of its frames since it was opened.
type Capture struct {
	Device string `json:"device"` // what is open now, such as /dev/video0
	Asked  Mode   `json:"asked"`
	Got    Mode   `json:"got"`

	Lost    uint64 `json:"lost"`    // frames that the driver or this program had no time for
	Faulty  uint64 `json:"faulty"`  // that the driver marked as damaged
	Empty   uint64 `json:"empty"`   // without content
	Damaged uint64 `json:"damaged"` // whose content is no picture

	Refused map[string]string `json:"refused,omitempty"` // controls that could not be set, with the reason
}

// Capturer is implemented by sources of local cameras. Capture is safe for
// concurrent use with Run, and returns nil before the camera is open.
type Capturer interface {
	Capture() *Capture
}
