//go:build !linux

package store

import "os"

// abandon closes a file that bbolt has mapped and can't unmap any more. Its lock
// may last until the process ends.
func abandon(f *os.File) error { return f.Close() }
