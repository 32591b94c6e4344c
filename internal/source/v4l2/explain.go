//go:build linux && cgo

package v4l2

import (
	"errors"
	"fmt"
	"os/user"
	"strconv"

	go4vl "github.com/vladimirvivien/go4vl/v4l2"
	"golang.org/x/sys/unix"

	"camhub/internal/source"
)

// explainOpen says why a node could not be opened.
func explainOpen(device, path string, err error) *source.Error {
	e := &source.Error{Code: "no-device", Message: fmt.Sprintf("%s can't be opened.", path), Err: err}
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		e.Code, e.Message = codeUnplugged, errUnplugged(device).Message
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		e.Code, e.Message = codePermission, adviseGroup(path)
	case errors.Is(err, unix.EBUSY):
		e.Code, e.Message = codeBusy, adviseHolders(path)
	}
	return e
}

// explain says why what was done to an open camera failed.
func (h *handle) explain(what string, err error) *source.Error {
	if errors.Is(err, go4vl.ErrorSystem) { // go4vl hides which
		if gone := alive(h.fd); gone != nil {
			err = gone
		}
	}
	e := &source.Error{Code: "failed", Message: fmt.Sprintf("The camera %s failed to %s.", h.path, what), Err: err}
	switch {
	case errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		e.Code, e.Message = codeUnplugged, "The camera was unplugged."
	case errors.Is(err, unix.EIO):
		e.Code, e.Message = "broken", "The driver of the camera gave up: "+h.path+" has to be opened again."
	case errors.Is(err, unix.EBUSY):
		e.Code, e.Message = codeBusy, adviseHolders(h.path)
	case errors.Is(err, unix.ENOSPC):
		e.Code = "no-bandwidth"
		e.Message = "The USB bus has no bandwidth left for this camera in this format. " +
			"Choose MJPG as the format, a smaller size or a lower rate, or plug one of the cameras into another USB controller."
	case errors.Is(err, unix.ENOMEM):
		e.Message = fmt.Sprintf("The kernel has no memory left for the buffers of %s; choose a smaller size.", h.path)
	}
	return e
}

// adviseGroup says which group may open a node.
func adviseGroup(path string) string {
	text := fmt.Sprintf("The hub may not open %s.", path)
	var st unix.Stat_t
	if unix.Stat(path, &st) != nil {
		return text
	}
	group := strconv.FormatUint(uint64(st.Gid), 10)
	if g, err := user.LookupGroupId(group); err == nil {
		group = g.Name
	}
	if st.Mode&0o060 != 0o060 || st.Gid == 0 {
		return text + " Give its user the right to read and write it."
	}
	return fmt.Sprintf("%s Add its user to the group %s (usermod -aG %s USER), then start it again.", text, group, group)
}

// adviseHolders says who else may use a node.
func adviseHolders(path string) string {
	text := fmt.Sprintf("Another program uses %s", path)
	holders := holdersOf(path)
	if len(holders) == 0 {
		return text + " (which one can't be seen with the rights of the hub)."
	}
	for i, h := range holders {
		sep := ", "
		if i == 0 {
			sep = ": "
		}
		text += sep + h
	}
	return text + "."
}
