// Package upstream asks HTTP cameras for what they have: a stream, a picture,
// or a page. It is what the kinds of cameras that speak HTTP share, and what
// a probe looks at a camera with.
//
// # What it does
//
// Options is what a user says about such a camera, with one check. A Camera is
// made of it and remembers what was learnt, a Client is for one attempt: it
// follows redirects, answers challenges, keeps its deadlines, and gives errors
// that a person understands. Trace holds what happened on the way.
//
// The address goes out byte for byte as it was typed. A client never has two
// connections: the next one is made when the last one is closed. What the user
// configured for the camera's address (credentials, headers) is sent to that
// scheme, host and port only.
//
// # Cameras that do not speak HTTP well
//
// net/http is asked first. Once it refuses an answer as malformed, a tolerant
// client of our own takes over for that camera, see rawclient.go.
//
// # Non-goals
//
// Proxies, cookies, compression, HTTP/2, and everything about pictures.
package upstream
