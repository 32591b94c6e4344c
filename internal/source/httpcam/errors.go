package httpcam

import (
	"errors"
	"io"
	"net"
	"strings"

	"camhub/internal/jpegstream"
	"camhub/internal/source"
	"camhub/internal/upstream"
)

// The codes of a *source.Error besides those of package upstream.
const (
	codeBroken = "broken-pictures"
	codeEnded  = "ended"
)

func failure(code, message string, cause error) *source.Error {
	return &source.Error{Code: code, Message: message, Err: cause}
}

// streamError says why the pictures ended, after some or none.
func streamError(err error, in *answer) *source.Error {
	var timeout net.Error
	switch {
	case errors.Is(err, jpegstream.ErrPictureTooLarge):
		return failure(upstream.CodeTooLarge, "The camera sends a picture that is larger than max_frame_bytes.", err)
	case errors.Is(err, jpegstream.ErrHeaderTooLong):
		return failure(upstream.CodeTooLarge, "The camera sends a part header without end.", err)
	case errors.Is(err, jpegstream.ErrBroken):
		return failure(codeBroken, "The camera sends damaged pictures only.", err)
	case errors.Is(err, jpegstream.ErrNoPicture):
		return failure(upstream.CodeNotACamera, "What comes from this address holds no pictures.", err)
	case errors.As(err, &timeout) && timeout.Timeout():
		return failure(upstream.CodeTimeout, "The camera stopped sending.", err)
	case err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF):
		return failure(upstream.CodeLost, "The connection to the camera broke.", err)
	case in.good() > 0:
		return failure(codeEnded, "The camera closed the stream.", err)
	case strings.Contains(in.mediaType(), "html"):
		return failure(upstream.CodeNotACamera, "A web page answers at this address, not pictures: a login page, or the wrong path.", err)
	}
	return failure(upstream.CodeNotACamera, "What answered at this address held no picture.", err)
}
