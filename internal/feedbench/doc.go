// Package feedbench measures the way of a picture from a camera to its viewers,
// with the real binary and real processes. It holds benchmarks and their parts
// alone, and nothing of the product.
//
// # What runs
//
// The test binary runs itself again in one of several roles: an upstream MJPEG
// camera (feeder), many viewers in one process (viewers), the bare loop that
// only writes ready pictures to sockets (rawfan), and the least that plain Go
// needs for a fan-out (plaingo). The hub is built from cmd/camhub and run as a
// user would run it. A process gets CPU time from the kernel's clock for it,
// which counts nanoseconds and threads that are gone.
//
// # What the figures mean
//
// Times differ from machine to machine, so the hub is measured in turns with
// rawfan, and the figures to compare are the ratios of each turn: their median
// and range. A picture carries the time it was sent and a number in a comment
// segment; viewers tell latency and losses from it, and check now and then that
// no byte was changed. Latency runs from just before the camera writes the
// picture to the moment its last byte was read. A loss is a hole in the
// numbers. A benchmark never fails because something took long. It fails when a
// viewer that keeps up loses a picture, or when something does not work.
//
//	go test -run '^$' -bench . -benchtime 1x ./internal/feedbench
//	go test -run '^$' -bench Fanout/100 -benchtime 1x ./internal/feedbench -rounds 5
//
// It needs Linux, and ss of the package iproute2 for the memory of sockets.
package feedbench
