// Package httpcam reads pictures from an HTTP camera, whether it streams them
// or gives one for each request: what the kinds mjpeg and snapshot share.
//
// The address decides, and not the user's opinion of it: an address that was
// thought to stream and gives one picture is asked again and again, one that
// was thought to give one picture and streams is read as a stream. Either is
// told as a quirk.
//
// A single picture that has not changed since the last one is no new picture.
// Cameras that can tell so by themselves (RFC 9110 13.1) are asked to, see
// validator.
package httpcam
