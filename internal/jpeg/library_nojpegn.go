//go:build nojpegn

package jpeg

var libraries = []library{standardLibrary{}}
