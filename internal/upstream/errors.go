package upstream

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

	"camhub/internal/source"
)

// The codes of the errors, see source.Error. They are stable.
const (
	CodeRefused      = "refused"
	CodeUnreachable  = "unreachable"
	CodeDNS          = "dns"
	CodeTimeout      = "timeout"
	CodeTLS          = "tls"
	CodeUnauthorized = "unauthorized"
	CodeForbidden    = "forbidden"
	CodeAddress      = "forbidden-address"
	CodeNotFound     = "not-found"
	CodeBusy         = "busy"
	CodeStatus       = "http-status"
	CodeRedirect     = "redirect"
	CodeNotACamera   = "not-a-camera"
	CodeTooLarge     = "too-large"
	CodeLost         = "connection-lost"
)

func failure(code, message string, cause error) *source.Error {
	return &source.Error{Code: code, Message: message, Err: cause}
}

// unauthorized is the failure of a login. Trying again soon can't help, and
// makes some cameras lock the account.
func unauthorized(message string, cause error) *source.Error {
	return &source.Error{Code: CodeUnauthorized, Message: message, Err: cause, Patient: true}
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
	if why, ok := isForbidden(err); ok {
		return &source.Error{Code: CodeAddress, Message: "The hub may not connect to this address: " + why + ".", Err: err, Patient: true}
	}
	switch {
	case errors.As(err, &cert):
		return failure(CodeTLS, "The camera's certificate can't be trusted: "+certificateFault(cert.Err)+".", err)
	case errors.As(err, &header), errors.As(err, &alert), strings.Contains(text, "tls: "):
		return failure(CodeTLS, "No secure connection to the camera can be made.", err)
	case errors.As(err, &dns) && !dns.IsTimeout:
		return failure(CodeDNS, "The camera's host name is not known.", err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return failure(CodeRefused, "The camera refused the connection: nothing listens at this address and port.", err)
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EADDRNOTAVAIL):
		return failure(CodeUnreachable, "The camera can't be reached over the network.", err)
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return failure(CodeTimeout, "The camera did not answer in time.", err)
	case strings.Contains(text, "headers exceeded"), errors.Is(err, errHeadTooLarge):
		return failure(CodeTooLarge, "The camera's answer begins with more than 64 KiB of headers.", err)
	case errors.Is(err, errNotHTTP):
		return failure(CodeNotACamera, "What answers at this address does not speak HTTP.", err)
	}
	return failure(CodeLost, "The connection to the camera broke before it answered.", err)
}

// isDropped reports whether the camera closed the connection without an answer.
func isDropped(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.EPIPE) || strings.Contains(err.Error(), "server closed idle connection")
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
		return "no authority that is known has signed it"
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
		return source.Errorf(CodeForbidden, "The camera does not allow access to this address.")
	case http.StatusNotFound, http.StatusGone:
		return source.Errorf(CodeNotFound, "The camera has nothing at this address.")
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		return source.Errorf(CodeBusy, "The camera is busy: it may serve one viewer at a time only.")
	}
	return source.Errorf(CodeStatus, "The camera answered with status %d %s.", status, name)
}
