// Package export makes files of recordings for people to take away: untouched
// Motion JPEG in QuickTime or AVI, a zip of pictures, or H.264.
//
// # What is written, and what is not
//
// A mov, avi or zip is a recording with other bytes around its pictures. Where each
// byte comes from is planned once, and from then on the file is read straight out of
// the recordings by whoever downloads it: its length is known, any part of it can be
// asked for, and it takes no room on the disk. Only H.264 must be computed, so only
// that is a file in the folder of this package.
//
// # One file a camera
//
// A job of several cameras has a file for each. A zip around them would have to be
// taken whole, and unpacked to be seen; files resume, play and fail one by one.
//
// # Timelapse
//
// A speed makes time run faster, and max_fps bounds the rate of what is seen. It
// does not keep every n-th picture: with a camera of uneven rate time would run
// unevenly.
//
// # How long it lasts
//
// The range of a job is held against deletion for as long as its files are read from
// there. A planned file is dropped an hour after it was last read, so that a forgotten job does not keep a
// full disk full; an H.264 file stays for a day, or until its folder needs the room.
package export

import (
	"slices"
	"time"

	"camhub/internal/camera"
)

// Format is the kind of file.
type Format string

// The formats.
const (
	MOV  Format = "mov"      // Motion JPEG, index first, the times as they were
	H264 Format = "mp4-h264" // the same times, encoded by ffmpeg
	ZIP  Format = "zip"      // of JPEG files, stored
	AVI  Format = "avi"      // Motion JPEG at a constant rate
)

// Formats are all of them.
var Formats = []Format{MOV, H264, ZIP, AVI}

// formats say how each is named and sent.
var formats = map[Format]struct{ ending, media string }{
	MOV:  {"mov", "video/quicktime"},
	H264: {"mp4", "video/mp4"},
	ZIP:  {"zip", "application/zip"},
	AVI:  {"avi", "video/x-msvideo"},
}

// State is how far a job is.
type State string

// The states. A job that is removed is gone.
const (
	Queued  State = "queued"
	Running State = "running"
	Ready   State = "ready"
	Failed  State = "failed"
)

// Job is what people know of an export.
type Job struct {
	ID string `json:"id"`
	Request
	State        State      `json:"state"`
	Position     int        `json:"position"` // in its queue, from 1; 0 when it is not queued
	Created      time.Time  `json:"created"`
	Finished     *time.Time `json:"finished"`
	Expires      *time.Time `json:"expires"`  // when it is removed, unless it is read before
	Pictures     int        `json:"pictures"` // in all files; 0 until they are counted
	PicturesDone int        `json:"pictures_done"`
	Progress     float64    `json:"progress"` // 0 to 1
	Files        []File     `json:"files"`    // one a camera, when it is ready
	Error        *Reason    `json:"error"`    // when it has failed
}

// File is one result of a job.
type File struct {
	Name       string    `json:"name"` // for people, and the last part of its address
	Camera     camera.ID `json:"camera"`
	MediaType  string    `json:"media_type"`
	Size       int64     `json:"size"`
	Pictures   int       `json:"pictures"`
	DurationMS int64     `json:"duration_ms"` // how long it plays; 0 for pictures
	ETag       string    `json:"etag"`
	SHA256     *string   `json:"sha256"` // in hexadecimal, when it is known
}

// Reason is why a job failed.
type Reason struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// The codes of a Reason.
const (
	CodeNothing     = "nothing_recorded"
	CodeTooLarge    = "too_large"
	CodeProgram     = "program_failed" // the message ends with what it said
	CodeNoRoom      = "no_room"
	CodeInterrupted = "interrupted" // the hub ended meanwhile
	CodeDeleted     = "deleted"     // recordings of it, since nothing else could make room for new ones
	CodeInternal    = "internal"
)

// clone returns a copy that shares nothing.
func (j *Job) clone() Job {
	c := *j
	c.Cameras = slices.Clone(j.Cameras)
	c.Files = append([]File{}, j.Files...) // never null
	return c
}
