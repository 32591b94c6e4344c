package upstream

import (
	"bufio"
	"io"
)

// chunkReader reads a body that is announced as chunked (RFC 9112 7.1), or
// that only claims to be: from where no chunk begins it passes everything on
// as it comes.
type chunkReader struct {
	br    *bufio.Reader
	quirk func(string)
	left  uint64 // bytes of the chunk at hand
	plain bool   // no chunks any more
	ended bool   // the last chunk came
}

// maxSizeDigits bounds a chunk to 16 TiB; it is a count, not memory.
const maxSizeDigits = 11

// Read implements io.Reader.
func (c *chunkReader) Read(p []byte) (int, error) {
	if c.ended {
		return 0, io.EOF
	}
	if c.left == 0 && !c.plain {
		if err := c.begin(); err != nil {
			return 0, err
		}
	}
	if c.plain {
		return c.br.Read(p)
	}
	if uint64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.br.Read(p)
	c.left -= uint64(n)
	return n, unexpected(err)
}

// begin reads the line before the next chunk.
func (c *chunkReader) begin() error {
	if err := c.skipLineEnd(); err != nil {
		return unexpected(err)
	}
	size, ok, err := peekSize(c.br)
	if err != nil {
		return unexpected(err)
	}
	if !ok {
		c.plain = true
		c.quirk(MalformedChunks)
		return nil
	}
	if _, err := c.br.ReadSlice('\n'); err != nil { // with extensions
		return unexpected(err)
	}
	if c.left = size; size == 0 {
		c.ended = true
		return io.EOF
	}
	return nil
}

// skipLineEnd passes over the line end behind a chunk, if there is one.
func (c *chunkReader) skipLineEnd() error {
	for range 2 {
		b, err := c.br.Peek(1)
		if err != nil || b[0] != '\r' && b[0] != '\n' {
			return err
		}
		_, _ = c.br.Discard(1) // it is buffered
		if b[0] == '\n' {
			return nil
		}
	}
	return nil
}

// peekSize looks for the size of a chunk at the beginning of a line. It reads
// no further than the first byte that tells.
func peekSize(br *bufio.Reader) (size uint64, ok bool, err error) {
	for n := 1; n <= maxSizeDigits+1; n++ {
		b, err := br.Peek(n)
		if err != nil {
			return 0, false, err
		}
		switch digit, is := hexDigit(b[n-1]); {
		case is:
			size = size<<4 | uint64(digit)
		case n > 1 && (b[n-1] == '\r' || b[n-1] == '\n' || b[n-1] == ';' || b[n-1] == ' ' || b[n-1] == '\t'):
			return size, true, nil
		default:
			return 0, false, nil
		}
	}
	return 0, false, nil
}

func hexDigit(c byte) (digit byte, ok bool) {
	switch lower := c | 0x20; {
	case isDigit(c):
		return c - '0', true
	case lower >= 'a' && lower <= 'f':
		return lower - 'a' + 10, true
	}
	return 0, false
}

// clean reports whether the body has ended, and its connection stands before
// another answer.
func (c *chunkReader) clean() bool {
	if !c.ended || c.br.Buffered() != len("\r\n") {
		return false
	}
	b, err := c.br.Peek(2)
	if err != nil || string(b) != "\r\n" {
		return false
	}
	_, _ = c.br.Discard(2)
	return true
}
