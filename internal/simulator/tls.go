package simulator

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"time"
)

const handshakeTimeout = 10 * time.Second

type tlsConfig = tls.Config

// newTLS makes the certificates of this start, signed by nobody.
func newTLS() (all [doors]*tlsConfig, err error) {
	modern, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return all, fmt.Errorf("make a key: %w", err)
	}
	cert, err := certificate(modern, modern.Public())
	if err != nil {
		return all, err
	}
	all[mainDoor] = &tls.Config{Certificates: []tls.Certificate{cert}}
	all[otherDoor] = all[mainDoor]
	old, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return all, fmt.Errorf("make a key: %w", err)
	}
	if cert, err = certificate(old, old.Public()); err != nil {
		return all, err
	}
	all[oldDoor] = &tls.Config{
		Certificates: []tls.Certificate{cert},
		MinVersion:   tls.VersionTLS10,
		MaxVersion:   tls.VersionTLS10,
		CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA},
	}
	return all, nil
}

// certificate signs a camera's certificate with its own key.
func certificate(key, public any) (tls.Certificate, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: "camhub simulator"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(1, 0, 0),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		DNSNames:     []string{"localhost"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make a certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// secure returns conn, or a TLS connection on it when that is how the viewer
// begins.
func (s *server) secure(d door, conn net.Conn) (c net.Conn, secure bool, err error) {
	_ = conn.SetDeadline(time.Now().Add(handshakeTimeout))
	var first [1]byte
	if _, err := io.ReadFull(conn, first[:]); err != nil {
		return nil, false, err
	}
	const handshake = 22 // the first byte of a TLS record that begins one (RFC 8446 5.1)
	c = peeked{conn, io.MultiReader(bytes.NewReader(first[:]), conn)}
	if first[0] != handshake {
		if d == oldDoor {
			return nil, false, errClose
		}
		return c, false, nil
	}
	t := tls.Server(c, s.tls[d])
	if err := t.Handshake(); err != nil {
		return nil, false, err
	}
	return t, true, nil
}
