package picamera

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"camhub/internal/fault"
	"camhub/internal/jpegstream"
	"camhub/internal/source"
)

// The codes of a *source.Error.
const (
	codeNoProgram    = "no-program"
	codeNoCamera     = "no-camera"
	codeInUse        = "in-use"
	codeNoPermission = "no-permission"
	codeUnsupported  = "unsupported-option"
	codeSilent       = "silent"
	codeBroken       = "broken-pictures"
	codeTooLarge     = "too-large"
	codeNotPictures  = "not-pictures"
	codeEnded        = "ended"
	codeFailed       = "program-failed"
)

// sign is what a program says in one of its failures, in lower case.
type sign struct {
	text, code string
}

// signs is what rpicam-vid, libcamera and raspivid say, the surest first.
var signs = []sign{
	{"failed to acquire camera", codeInUse},
	{"in use by another process", codeInUse},
	{"failed to enable component: enospc", codeInUse}, // raspivid
	{"permission denied", codeNoPermission},
	{"could not open any dma", codeNoPermission},
	{"failed to open vchiq", codeNoPermission}, // raspivid
	{"no cameras available", codeNoCamera},
	{"selected camera is not available", codeNoCamera},
	{"camera is not detected", codeNoCamera}, // raspivid
	{"camera is not enabled", codeNoCamera},  // raspivid
	{"no data received from sensor", codeNoCamera},
	{"unrecognised option", codeUnsupported},
	{"unrecognized option", codeUnsupported},
	{"invalid command line option", codeUnsupported}, // raspivid
	{"the argument (", codeUnsupported},
	{"error: *** invalid ", codeUnsupported},
	{"device or resource busy", codeInUse},
}

// explain says why the pictures ended, after n of them.
func (r *reader) explain(name string, p *process, n int, err error) *source.Error {
	said := p.said.text()
	cause := fmt.Errorf("%s: %w; %v; it said: %s", name, err, p.err, said)
	e := &source.Error{Err: cause}
	switch {
	case errors.Is(err, jpegstream.ErrPictureTooLarge):
		e.Code, e.Message = codeTooLarge, fmt.Sprintf("%s gives a picture of more than %d MiB.", name, maxFrameBytes>>20)
	case errors.Is(err, jpegstream.ErrBroken):
		e.Code, e.Message = codeBroken, fmt.Sprintf("%s gives damaged pictures only.", name)
	case !ended(err):
		e.Code, e.Message = codeNotPictures, fmt.Sprintf("%s gives something other than pictures.", name)
	default:
		e.Code, e.Message = r.reason(name, said, n, p.err)
	}
	return e
}

// ended reports whether err is the end of what a program writes.
func ended(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// reason says why a program ended by itself.
func (r *reader) reason(name, said string, n int, exit error) (code, message string) {
	lower := strings.ToLower(said)
	code = codeFailed
	for _, s := range signs {
		if strings.Contains(lower, s.text) {
			code = s.code
			break
		}
	}
	if code == codeNoCamera && denied("/dev") {
		code = codeNoPermission
	}
	switch {
	case code == codeInUse:
		message = "Another program uses the camera."
	case code == codeNoPermission:
		message = permission
	case code == codeNoCamera && !strings.Contains(lower, "selected camera"):
		message = "No camera is detected: check its cable, and that the system knows its model."
	case code == codeNoCamera:
		message = fmt.Sprintf("There is no camera number %d.", r.Camera)
	case code == codeUnsupported:
		message = fmt.Sprintf("This version of %s doesn't know one of the options.", name)
	case n > 0:
		code, message = codeEnded, fmt.Sprintf("%s ended after %s%s.", name, count(n), status(exit))
	default:
		message = fmt.Sprintf("%s ended without a picture%s.", name, status(exit))
	}
	return code, message + quote(said)
}

// permission is the error when the devices are there and may not be opened.
const permission = "The hub may not open the camera: add its user to the group video (sudo usermod -aG video USER), and start it again."

func count(n int) string {
	if n == 1 {
		return "one picture"
	}
	return fmt.Sprintf("%d pictures", n)
}

// status returns how a program ended, when not well.
func status(exit error) string {
	if exit == nil {
		return ""
	}
	return " (" + exit.Error() + ")"
}

// quote returns the last lines that a program said, for the end of a message.
func quote(said string) string {
	if said == "" {
		return ""
	}
	const most = 3
	lines := strings.Split(said, "\n")
	return fmt.Sprintf(" It said: %q.", strings.Join(lines[max(0, len(lines)-most):], " / "))
}

// silentError says that nothing came for a while.
func silentError(name string, p *process, d time.Duration) *source.Error {
	said := p.said.text()
	message := fmt.Sprintf("%s gave nothing for %v.", name, d)
	if strings.Contains(strings.ToLower(said), "timed out") || strings.Contains(strings.ToLower(said), "timeout") {
		message = fmt.Sprintf("The camera gave nothing for %v: check its cable.", d)
	}
	return &source.Error{Code: codeSilent, Message: message + quote(said), Err: fmt.Errorf("%s said: %s", name, said)}
}

// startError says why a program did not start.
func startError(name string, err error) *source.Error {
	e := &source.Error{Code: codeFailed, Message: name + " could not be started.", Err: err}
	if errors.Is(err, os.ErrPermission) {
		e.Code, e.Message = codeNoPermission, "The hub may not run "+name+"."
	}
	return e
}

// legacyError refuses options that the one program that is installed lacks.
func legacyError(fs []fault.Field) *source.Error {
	texts := make([]string, len(fs))
	for i, f := range fs {
		texts[i] = strings.TrimPrefix(f.Pointer, "/source/") + " " + f.Detail
	}
	return source.Errorf(codeUnsupported, "Only raspivid is installed: %s. Install rpicam-apps, or change these options.", strings.Join(texts, "; "))
}
