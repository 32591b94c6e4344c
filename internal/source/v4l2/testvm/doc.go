// Package testvm tries local cameras for real: v4l2vm.sh boots a virtual
// machine with V4L2 drivers, and the tests here, with the build tag v4l2, run
// the hub in it and read its cameras from outside. It is for tests only.
package testvm
