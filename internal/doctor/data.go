package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"camhub/internal/record/disk"
	"camhub/internal/retention"
	"camhub/internal/seal"
)

// checkFolder looks whether the hub may use its data folder, and nobody else.
func checkFolder(_ context.Context, e *exam) []Finding {
	info, err := os.Stat(e.DataDir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return warn("start the hub, which makes it, or name another one with --data", "%s does not exist", e.DataDir)
	case err != nil:
		return fail("check the rights of the folders above it", "%v", err)
	case !info.IsDir():
		return fail("choose another one with --data, or move away what stands there", "%s is not a folder", e.DataDir)
	}
	switch err := disk.Writable(e.DataDir); {
	case errors.Is(err, syscall.EROFS):
		return fail("mount the disk for writing; the kernel's log says why it is not (dmesg)", "%s is on a disk that is mounted read-only", e.DataDir)
	case err != nil:
		return fail("give it to the user that runs camhub (chown), or run this command as that user", "this user may not write into %s: %v", e.DataDir, err)
	}
	owner := ""
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		owner = ", of " + userName(st.Uid)
		if int(st.Uid) != os.Geteuid() && os.Geteuid() != 0 {
			return warn("run this command as the user that runs camhub", "%s belongs to %s, and this is %s", e.DataDir, userName(st.Uid), userName(uint32(os.Geteuid())))
		}
	}
	mode := info.Mode().Perm()
	switch {
	case mode&0o022 != 0:
		return fail("chmod 700 "+e.DataDir, "every user of this machine may change %s (%04o%s)", e.DataDir, mode, owner)
	case mode&0o044 != 0 && mode&0o011 != 0:
		return warn("chmod 700 "+e.DataDir, "other users of this machine may read recordings in %s (%04o%s)", e.DataDir, mode, owner)
	}
	for _, path := range []string{e.database, filepath.Join(e.DataDir, seal.KeyFile)} {
		if found := checkFile(path, info); found != nil {
			return found
		}
	}
	return ok("%s (%04o%s)", e.DataDir, mode, owner)
}

// checkFile looks whether the hub may read a file of a folder that it may use, and nobody
// else. It finds nothing when there is none.
func checkFile(path string, folder fs.FileInfo) []Finding {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fail("chmod 600 "+path, "other users of this machine may read the passwords of cameras with %s (%04o)", path, mode)
	}
	is, known := info.Sys().(*syscall.Stat_t)
	of, both := folder.Sys().(*syscall.Stat_t)
	if known && both && is.Uid != of.Uid && of.Uid != 0 {
		return fail("chown --reference="+filepath.Dir(path)+" "+path, "%s belongs to %s, and the folder to %s, who can't read it", path, userName(is.Uid), userName(of.Uid))
	}
	return nil
}

// userName returns the name of a user, or the number.
func userName(id uint32) string {
	text := strconv.FormatUint(uint64(id), 10)
	if u, err := user.LookupId(text); err == nil {
		return "user " + u.Username
	}
	return "user " + text
}

// Limits of the room that should be left.
const (
	failFree = 64 << 20
	warnFree = 512 << 20
)

// checkSpace looks how much room is left.
func checkSpace(_ context.Context, e *exam) []Finding {
	s, err := statFS(e.DataDir)
	switch {
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, fs.ErrNotExist):
		return unknown("not known")
	case err != nil:
		return fail("check the disk; the kernel's log says more (dmesg)", "can't be asked for: %v", err)
	}
	const advice = "make room, or set smaller limits for recordings (the page /storage)"
	free := fmt.Sprintf("%s of %s are free", retention.Size(s.free), retention.Size(s.total))
	switch {
	case s.free < failFree:
		return fail(advice, "%s", free)
	case s.inodes > 0 && s.freeInodes < 200:
		return fail("remove files: the file system can hold no more of them", "%s, and room for %d more files of %d", free, s.freeInodes, s.inodes)
	case s.inodes > 0 && s.freeInodes < s.inodes/50:
		return warn("remove files: each minute of a recording takes one", "%s, and room for %d more files of %d", free, s.freeInodes, s.inodes)
	case s.free < warnFree:
		return warn(advice, "%s", free)
	}
	return ok("%s", free)
}

// checkFileSystem looks whether the data folder is where it lasts.
func checkFileSystem(_ context.Context, e *exam) []Finding {
	s, err := statFS(e.DataDir)
	switch {
	case err != nil:
		return unknown("not known")
	case s.memory:
		return warn("put the data folder on a disk", "%s is memory: all is lost with a restart of the machine", s.name)
	case s.network:
		return warn("put the data folder on a disk of this machine; recordings alone may be elsewhere", "%s is reached over the network: the database needs locks and writes that such file systems do not promise", s.name)
	}
	return ok("%s", s.name)
}

// checkDatabase looks at every byte of the database of a hub that does not run.
func checkDatabase(_ context.Context, e *exam) []Finding {
	switch {
	case e.missing:
		return warn("start the hub, which makes it, or name another data folder with --data", "there is none in %s yet", e.DataDir)
	case e.running:
		return ok("in use by a hub, which has checked it when it started")
	case e.damage != nil:
		return fail("put a backup in its place (camhub restore), unless the message says otherwise", "%v", e.damage)
	case e.dataErr != nil:
		return fail("see the message", "can't be read: %v", e.dataErr)
	case e.data != nil && len(e.data.Locked) > 0:
		return fail("run this with the CAMHUB_KEY of the hub, or put camhub.key back into the data folder; when the key is lost, enter the passwords of these cameras again",
			"%s the passwords of these cameras: %s", e.data.Key, strings.Join(e.data.Locked, ", "))
	case e.data != nil && e.data.WrongKey != nil:
		return fail("see the message; the hub does not start so", "%v", e.data.WrongKey)
	case e.warning != "":
		return warn("compare the cameras with what you know, and make a backup", "%s", e.warning)
	}
	return ok("every record of %s is whole", e.database)
}
