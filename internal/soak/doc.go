// Package soak runs the real hub for minutes under everything that happens to one in
// years, and counts what went wrong. It holds tests alone, and nothing of the product.
//
// # What runs
//
// A hub with 32 cameras: steady ones of `camhub simulate`, emulated ones, ones whose
// upstreams die and come back in every way, and ones that are defined anew, renamed,
// deleted and brought back all the time, with every defect that the simulator knows.
// Viewers come and go, crawl, or take nothing; recordings have a small budget, so that
// the oldest go; exports are made and fetched. The hub is killed with SIGKILL again and
// again and started over the same data folder.
//
// The second half is one life of the hub: its goroutines, descriptors, memory and child
// processes are counted when all is quiet, before the load and after it.
//
// # What is counted
//
// Every row of the table that should be 0 and is not fails the test: acknowledged
// writes that are gone after a start, what the hub has not given back, steady cameras
// that left `live`, viewers that it cut, recorded pictures that are gone beyond the
// promise of two seconds, answers of 5xx (503 with Retry-After says "not now", and is
// counted apart), panics in the log. So does a row of the load at which nothing
// happened.
//
//	go test -count=1 -timeout 1h ./internal/soak -soak 10m
//	go test -count=1 -timeout 1h ./internal/soak -soak 2m -seed 7 -camhub build/camhub
//
// The seed is printed. It decides what each part of the load does next; how these meet
// is up to the machine.
package soak
