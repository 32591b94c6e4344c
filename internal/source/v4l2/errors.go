package v4l2

import (
	"errors"
	"fmt"
	"strings"

	"camhub/internal/source"
)

// The codes of errors that more than one place knows.
const (
	codeUnplugged  = "unplugged"
	codeBusy       = "busy"
	codePermission = "no-permission"
)

// code returns the code of a *source.Error, or "".
func code(err error) string {
	if e, ok := errors.AsType[*source.Error](err); ok {
		return e.Code
	}
	return ""
}

func errUnplugged(device string) *source.Error {
	return source.Errorf(codeUnplugged, "The camera is unplugged: there is no %s.", device)
}

func errNotCamera(device, why string) *source.Error {
	return &source.Error{Code: "not-a-camera", Message: fmt.Sprintf("%s %s.", device, why), Patient: true}
}

// errAmbiguous asks for a name that only one camera has; found have this one.
func errAmbiguous(device string, found, all []node) *source.Error {
	names := make([]string, len(found))
	for i, n := range found {
		names[i] = stable(n, all)
	}
	return &source.Error{
		Code: "ambiguous", Patient: true,
		Message: fmt.Sprintf("%d cameras have the name %s; choose one of %s.", len(found), device, strings.Join(names, ", ")),
	}
}
