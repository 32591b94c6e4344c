package simulator

import (
	"fmt"
	"image"
	"net"
	"time"
)

// tiny gives pictures of the second size.
func tiny(int) image.Point { return small }

// byteByByte sends each byte by itself.
func byteByByte(x *exchange, b []byte) error {
	for i := range b {
		if err := x.write(b[i : i+1]); err != nil {
			return err
		}
	}
	return nil
}

// chunks sends bytes as chunks (RFC 9112 7.1) of at most size bytes, whose
// size lines are made by format.
func chunks(size int, format string) func(x *exchange, b []byte) error {
	return func(x *exchange, b []byte) error {
		for len(b) > 0 {
			n := min(size, len(b))
			if err := x.write(fmt.Appendf(nil, format+"\r\n%s\r\n", n, b[:n])); err != nil {
				return err
			}
			b = b[n:]
		}
		return nil
	}
}

// chunkInBoundary sends the first 5 bytes of b, within the delimiter, as a
// chunk of their own.
func chunkInBoundary(x *exchange, b []byte) error {
	chunk := chunks(len(b), "%x")
	if err := chunk(x, b[:5]); err != nil {
		return err
	}
	return chunk(x, b[5:])
}

// lastChunk ends a chunked answer.
func lastChunk(x *exchange) error {
	if err := x.writeString("0\r\n\r\n"); err != nil {
		return err
	}
	return errClose
}

// silence sends nothing until the viewer goes away.
func silence(x *exchange) error {
	<-x.ctx.Done()
	return x.ctx.Err()
}

// reset ends the connection with a TCP reset.
func reset(x *exchange) error {
	if c, ok := x.raw.(*net.TCPConn); ok {
		_ = c.SetLinger(0)
	}
	return errClose
}

// endless is the rate and the size of pieces of what has no end.
const (
	endlessPiece = 32 << 10
	endlessEvery = time.Millisecond
)

// endless sends head once, and then piece for ever, at most 32 MB a second.
func endless(head, piece string) handler {
	return handlerFunc(func(x *exchange) error {
		if err := x.writeString(head); err != nil {
			return err
		}
		var b []byte
		for len(b) < endlessPiece {
			b = append(b, piece...)
		}
		for {
			if err := x.write(b); err != nil {
				return err
			}
			if err := sleep(x.ctx, endlessEvery); err != nil {
				return err
			}
		}
	})
}
