package mjpeg

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	"camhub/internal/jpegstream"
	"camhub/internal/source"
)

// The codes of a *source.Error. They are stable.
const (
	codeRefused      = "refused"
	codeUnreachable  = "unreachable"
	codeDNS          = "dns"
	codeTimeout      = "timeout"
	codeTLS          = "tls"
	codeUnauthorized = "unauthorized"
	codeForbidden    = "forbidden"
	codeNotFound     = "not-found"
	codeBusy         = "busy"
	codeStatus       = "http-status"
	codeRedirect     = "redirect"
	codeNotACamera   = "not-a-camera"
	codeTooLarge     = "too-large"
	codeBroken       = "broken-pictures"
	codeEnded        = "ended"
	codeLost         = "connection-lost"
)

func failure(code, message string, cause error) *source.Error {
	return &source.Error{Code: code, Message: message, Err: cause}
}

// unauthorized is the failure of a login. Trying again soon can't help, and
// makes some cameras lock the account.
func unauthorized(message string, cause error) *source.Error {
	return &source.Error{Code: codeUnauthorized, Message: message, Err: cause, Patient: true}
}

// connectError says why no answer came.
func connectError(err error) *source.Error {
	var (
		dns     *net.DNSError
		timeout net.Error
		header  tls.RecordHeaderError
		alert   tls.AlertError
		cert    *tls.CertificateVerificationError
		text    = err.Error()
	)
	switch {
	case errors.As(err, &cert):
		return failure(codeTLS, "The camera's certificate can't be trusted: "+certificateFault(cert.Err)+".", err)
	case errors.As(err, &header), errors.As(err, &alert), strings.Contains(text, "tls: "):
		return failure(codeTLS, "No secure connection to the camera can be made.", err)
	case errors.As(err, &dns) && !dns.IsTimeout:
		return failure(codeDNS, "The camera's host name is not known.", err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return failure(codeRefused, "The camera refused the connection: nothing listens at this address and port.", err)
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EADDRNOTAVAIL):
		return failure(codeUnreachable, "The camera can't be reached over the network.", err)
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return failure(codeTimeout, "The camera did not answer in time.", err)
	case strings.Contains(text, "headers exceeded"):
		return failure(codeTooLarge, "The camera's answer begins with more than 64 KiB of headers.", err)
	case strings.Contains(text, "malformed"), strings.Contains(text, "unsupported transfer encoding"):
		return failure(codeNotACamera, "What answers at this address does not speak HTTP.", err)
	}
	return failure(codeLost, "The connection to the camera broke before it answered.", err)
}

// certificateFault says in words why a certificate was not accepted.
func certificateFault(err error) string {
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var authority x509.UnknownAuthorityError
	switch {
	case errors.As(err, &host):
		return "it is for another host"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "it has expired, or is not valid yet"
	case errors.As(err, &authority):
		return "nobody known has signed it"
	}
	return "it is not valid"
}

// statusError says what an answer without pictures means.
func statusError(status int) *source.Error {
	name := http.StatusText(status)
	switch status {
	case http.StatusUnauthorized:
		return unauthorized("The camera asks for a user name and password.", nil)
	case http.StatusForbidden:
		return source.Errorf(codeForbidden, "The camera does not allow access to this address.")
	case http.StatusNotFound, http.StatusGone:
		return source.Errorf(codeNotFound, "The camera has nothing at this address.")
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		return source.Errorf(codeBusy, "The camera is busy: it may serve one viewer at a time only.")
	}
	return source.Errorf(codeStatus, "The camera answered with status %d %s.", status, name)
}

// streamError says why the pictures ended, after some or none.
func streamError(err error, pictures int, contentType string) *source.Error {
	var timeout net.Error
	switch {
	case errors.Is(err, jpegstream.ErrPictureTooLarge):
		return failure(codeTooLarge, "The camera sends a picture that is larger than max_frame_bytes.", err)
	case errors.Is(err, jpegstream.ErrHeaderTooLong):
		return failure(codeTooLarge, "The camera sends a part header without end.", err)
	case errors.Is(err, jpegstream.ErrBroken):
		return failure(codeBroken, "The camera sends damaged pictures only.", err)
	case errors.Is(err, jpegstream.ErrNoPicture):
		return failure(codeNotACamera, "What comes from this address holds no pictures.", err)
	case errors.As(err, &timeout) && timeout.Timeout():
		return failure(codeTimeout, "The camera stopped sending.", err)
	case err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF):
		return failure(codeLost, "The connection to the camera broke.", err)
	case pictures > 0:
		return failure(codeEnded, "The camera closed the stream.", err)
	case strings.Contains(strings.ToLower(contentType), "html"):
		return failure(codeNotACamera, "A web page answers at this address, and no pictures: a login page, or the wrong path.", err)
	}
	return failure(codeNotACamera, "What answered at this address held no picture.", err)
}
