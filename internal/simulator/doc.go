// Package simulator is a rack of network cameras, each with one defect that
// real cameras have. It serves tests, developers, and people who want to try a
// viewer.
//
// # Objective
//
// Every defect is a Fixture with a path of its own, and says what a good reader
// makes of it: pictures, or a reason why there are none. The answers are
// written to the connection byte by byte, without net/http, so that what is
// malformed is malformed on the wire.
//
// All cameras show the same film: about ten small pictures a second, each with
// its number, which rises for as long as the simulator runs. Read tells the
// number of a picture and which camera sent it.
//
// GET / is a page about all cameras, GET /fixtures.json the same for programs,
// with counts of the requests and connections of each.
//
// # Non-goals
//
// Being a good web server, or safe on an open network: some cameras send
// without end, and anybody may watch them.
package simulator
