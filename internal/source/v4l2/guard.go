//go:build linux && cgo

package v4l2

import "runtime"

// guardSize is how much stack a guarded call has in use, at least. The runtime
// then neither shrinks the stack (more than a quarter of 128 KiB is in use) nor
// grows it (about 60 KiB are free).
const guardSize = 64 << 10

// guarded runs f, which calls go4vl, in a goroutine whose stack does not move
// meanwhile, and returns when f has. go4vl passes the address of a variable on
// its stack to ioctl(2) as a number: if the stack moved before the system call,
// the kernel would write its answer into memory that is not the variable's any
// more. A panic of f is passed on.
func guarded(f func()) {
	done := make(chan any)
	go func() {
		defer func() { done <- recover() }()
		withStack(f)
	}()
	if v := <-done; v != nil {
		panic(v)
	}
}

//go:noinline
func withStack(f func()) {
	var stack [guardSize]byte
	for i := 0; i < len(stack); i += 4096 {
		stack[i] = 1
	}
	f()
	runtime.KeepAlive(&stack)
}
