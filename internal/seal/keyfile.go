package seal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"camhub/internal/atomicfile"
)

// KeyFile is the name of the file that holds the key, in the data folder.
const KeyFile = "camhub.key"

// maxKeyFile bounds what is read of a key file.
const maxKeyFile = 16 << 10

const keyFileHead = `# The key that opens the passwords of cameras in camhub.db. Keep a copy apart from it.
# One key a line: the first seals, the others open what was sealed before.
`

// Keys is the ring of a data folder, and where it comes from.
type Keys struct {
	Ring    Ring
	Env     Ring // those of them that are from the environment
	FromEnv bool // the first key is from the environment, and not in the data folder
	Made    bool // there was no key, and this one is new
	path    string
	inFile  Ring
}

// LoadKeys returns the keys of the data folder dir. env, if it is not empty, holds the
// first of them (see ParseRing); else it is the first of the key file, which is
// made if it is not there. The keys of the file open what was sealed with them in
// either case. The caller must hold the lock of the database beside it.
func LoadKeys(dir, env string) (Keys, error) {
	k, err := FindKeys(dir, env)
	_ = atomicfile.RemoveStrays(k.path) // of a step that was cut; the next start tries again
	_ = os.Remove(k.path + ".new")      // likewise, of an earlier version
	if err != nil || len(k.Ring) > 0 {
		return k, err
	}
	k.Made, k.Ring = true, Ring{NewKey()}
	k.inFile = k.Ring
	return k, writeKeyFile(k.path, k.Ring) // in one step: half a key would be refused at the next start
}

// FindKeys is LoadKeys for who only looks: it makes no key, and the ring is empty when
// there is none.
func FindKeys(dir, env string) (Keys, error) {
	k := Keys{path: filepath.Join(dir, KeyFile)}
	inFile, err := readKeyFile(k.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	k.inFile, k.Ring = inFile, inFile
	if env == "" {
		return k, nil
	}
	first, err := ParseRing(env)
	if err != nil {
		return k, fmt.Errorf("CAMHUB_KEY: %w", err)
	}
	k.FromEnv, k.Env, k.Ring = true, first, first.With(inFile...)
	return k, nil
}

// Unused reports whether the file holds keys besides the first, which nothing needs
// once every value is sealed with that.
func (k *Keys) Unused() bool { return len(k.inFile) > 1 || k.FromEnv && len(k.inFile) > 0 }

// Put writes ring to the key file in place of what is there, in one step, and takes it.
func (k *Keys) Put(ring Ring) error {
	if err := writeKeyFile(k.path, ring); err != nil {
		return err
	}
	k.Ring, k.inFile = ring, ring
	return nil
}

// AddKeys adds keys to the key file in dir, behind those that are in it, or makes it. The
// hub must not run.
func AddKeys(dir string, more Ring) error {
	path := filepath.Join(dir, KeyFile)
	ring, err := readKeyFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if ring = ring.With(more...); len(ring) > maxKeys {
		return fmt.Errorf("the key %s: there are too many keys", path)
	}
	return writeKeyFile(path, ring)
}

// InFile returns the keys that the key file holds.
func (k *Keys) InFile() Ring { return k.inFile }

// FileText returns the content of the key file, or "" when the first key is not in it.
func (k *Keys) FileText() string {
	if k.FromEnv || len(k.inFile) == 0 {
		return ""
	}
	return formatKeyFile(k.inFile)
}

func formatKeyFile(ring Ring) string {
	var b strings.Builder
	b.WriteString(keyFileHead)
	for _, key := range ring {
		b.WriteString(key.Text() + "\n")
	}
	return b.String()
}

// ParseKeyFile reads the content of a key file: keys, one a line, and lines that
// begin with #.
func ParseKeyFile(text string) (Ring, error) {
	if len(text) > maxKeyFile {
		return nil, errors.New("it is too long")
	}
	var keys []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			keys = append(keys, line)
		}
	}
	return ParseRing(strings.Join(keys, " "))
}

// readKeyFile reads a key file, which nobody else may read.
func readKeyFile(path string) (Ring, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe must not block
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("the key %s is not a regular file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the key %s can be read by others (%v). What to do: chmod 600 %s; and if others may have read it, camhub key rotate", path, info.Mode().Perm(), path)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return nil, fmt.Errorf("read the key %s: %w", path, err)
	}
	ring, err := ParseKeyFile(string(b))
	if err != nil {
		return nil, fmt.Errorf("the key %s can't be used: %w. What to do: put back the file from a copy; "+
			"without one move it away, and a new key is made: the passwords of cameras have to be entered again then", path, err)
	}
	return ring, nil
}

// writeKeyFile puts a key file in the place of another in one step.
func writeKeyFile(path string, ring Ring) error {
	if err := atomicfile.WriteForFolder(path, []byte(formatKeyFile(ring)), 0o600); err != nil {
		return fmt.Errorf("write the key: %w", err)
	}
	return nil
}
