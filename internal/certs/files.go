package certs

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// lookEvery is how often the files are looked at, while somebody connects.
const lookEvery = time.Second

// files is a certificate in two files, which another program renews. A handshake
// looks whether they have changed, at most once in lookEvery. While what is in them
// is no pair (one was written and the other was not yet, or half of one), the one of
// before stays.
type files struct {
	cert, key string
	log       *slog.Logger
	current   atomic.Pointer[tls.Certificate]

	mu     sync.Mutex     // guards what follows; nobody waits for it
	seen   [2]os.FileInfo // the files that current, or problem, is of
	looked time.Time
	broken string // what was wrong with the files that were seen last, or ""
}

// loadFiles reads the pair. The error names the flag that is to blame.
func loadFiles(cert, key string, log *slog.Logger) (*files, error) {
	f := &files{cert: cert, key: key, log: log, looked: time.Now()}
	pair, seen, err := f.read()
	if err != nil {
		return nil, err
	}
	f.seen = seen
	f.current.Store(pair)
	f.warnExpired(pair)
	return f, nil
}

// certificate is for tls.Config.GetCertificate. It reads the disk, but never waits
// for somebody else who does.
func (f *files) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if f.mu.TryLock() {
		defer f.mu.Unlock()
		if now := time.Now(); now.Sub(f.looked) >= lookEvery {
			f.looked = now
			f.look()
		}
	}
	return f.current.Load(), nil
}

// look takes new files over. It is called with mu held.
func (f *files) look() {
	if f.broken == "" && !f.changed() {
		return
	}
	pair, seen, err := f.read()
	if err != nil {
		if text := err.Error(); text != f.broken {
			f.broken = text
			f.log.Error("the new certificate is not usable, and the old one stays", "err", err)
		}
		return
	}
	f.seen, f.broken = seen, ""
	f.current.Store(pair)
	f.log.Info("the certificate was read again", "file", f.cert, "until", pair.Leaf.NotAfter)
	f.warnExpired(pair)
}

func (f *files) changed() bool {
	for i, path := range []string{f.cert, f.key} {
		info, err := os.Stat(path)
		old := f.seen[i]
		if err != nil || !os.SameFile(info, old) || info.Size() != old.Size() || !info.ModTime().Equal(old.ModTime()) {
			return true
		}
	}
	return false
}

// read returns the pair, and the files as they were before they were read: whoever
// writes meanwhile is seen the next time.
func (f *files) read() (pair *tls.Certificate, seen [2]os.FileInfo, err error) {
	var content [2][]byte
	for i, from := range []struct{ flag, path string }{{"--tls-cert", f.cert}, {"--tls-key", f.key}} {
		if seen[i], err = os.Stat(from.path); err != nil {
			return nil, seen, fmt.Errorf("%s: %w", from.flag, err)
		}
		if n := seen[i].Size(); n > 1<<20 || !seen[i].Mode().IsRegular() {
			return nil, seen, fmt.Errorf("%s: %s is no PEM file: it has %d bytes", from.flag, from.path, n)
		}
		if content[i], err = os.ReadFile(from.path); err != nil {
			return nil, seen, fmt.Errorf("%s: %w", from.flag, err)
		}
	}
	made, err := tls.X509KeyPair(content[0], content[1])
	if err != nil {
		return nil, seen, fmt.Errorf("--tls-cert %s with --tls-key %s: %w", f.cert, f.key, err)
	}
	return &made, seen, nil
}

func (f *files) warnExpired(pair *tls.Certificate) {
	if now := time.Now(); now.After(pair.Leaf.NotAfter) || now.Before(pair.Leaf.NotBefore) {
		f.log.Warn("the certificate is not valid now", "file", f.cert, "from", pair.Leaf.NotBefore, "until", pair.Leaf.NotAfter)
	}
}
