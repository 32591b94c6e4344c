// Package probe explains a camera: what answers at an address, whether camhub
// can read it, and if not, what is wrong and what to try.
//
// # How
//
// A plan holds the addresses to ask, the likeliest first. It begins with what
// the user gave. Each answer adds to it: the pictures that a web page names,
// and the known addresses of the devices whose marks the answer bears (see
// devices.go). The first address that gives pictures ends the probe; its
// stream is watched for a moment to measure it.
//
// # Manners
//
// There is never more than one connection to the camera, at most maxRequests
// requests are made and maxBytes read, and all is over within 15 s. A camera
// of the hub that is connected is not asked at all: what its worker knows is
// told. A login that was refused is not tried again, since cameras lock
// accounts.
//
// # Secrets
//
// User name, password and headers go to the address that the user gave and to
// no other scheme, host or port; what the user left open (the scheme, the port)
// is any of those that are tried. No result holds their values.
//
// # Non-goals
//
// Searching a network for cameras, guessing passwords, and other protocols
// than HTTP.
package probe
