package doctor

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// fileSystem is what is known of one.
type fileSystem struct {
	free, total        int64 // bytes
	freeInodes, inodes uint64
	name               string
	memory, network    bool
}

// fileSystems are the names of those that matter, by their magic number (statfs(2)).
var fileSystems = map[uint32]fileSystem{
	unix.TMPFS_MAGIC:           {name: "tmpfs", memory: true},
	unix.RAMFS_MAGIC:           {name: "ramfs", memory: true},
	unix.NFS_SUPER_MAGIC:       {name: "NFS", network: true},
	unix.SMB_SUPER_MAGIC:       {name: "SMB", network: true},
	unix.SMB2_SUPER_MAGIC:      {name: "SMB", network: true},
	unix.CIFS_SUPER_MAGIC:      {name: "CIFS", network: true},
	unix.AFS_SUPER_MAGIC:       {name: "AFS", network: true},
	unix.CEPH_SUPER_MAGIC:      {name: "Ceph", network: true},
	unix.CODA_SUPER_MAGIC:      {name: "Coda", network: true},
	unix.V9FS_MAGIC:            {name: "9p", network: true},
	unix.EXT4_SUPER_MAGIC:      {name: "ext4"},
	unix.BTRFS_SUPER_MAGIC:     {name: "btrfs"},
	unix.XFS_SUPER_MAGIC:       {name: "xfs"},
	unix.F2FS_SUPER_MAGIC:      {name: "f2fs"},
	unix.MSDOS_SUPER_MAGIC:     {name: "FAT"},
	unix.EXFAT_SUPER_MAGIC:     {name: "exFAT"},
	unix.OVERLAYFS_SUPER_MAGIC: {name: "overlay"},
	unix.FUSE_SUPER_MAGIC:      {name: "FUSE"},
	0x2fc12fc1:                 {name: "ZFS"},
}

// statFS asks for the file system of path.
func statFS(path string) (fileSystem, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(path, &st); err != nil {
		return fileSystem{}, err
	}
	magic := uint32(st.Type)
	s, known := fileSystems[magic]
	if !known {
		s.name = fmt.Sprintf("file system %#x", magic)
	}
	s.free, s.total = int64(st.Bavail)*int64(st.Bsize), int64(st.Blocks)*int64(st.Bsize)
	s.freeInodes, s.inodes = uint64(st.Ffree), uint64(st.Files)
	return s, nil
}

// usable says why this user may not read and write a file, or nil.
func usable(path string) error {
	return unix.Faccessat(unix.AT_FDCWD, path, unix.R_OK|unix.W_OK, unix.AT_EACCESS)
}

// synchronised reports whether the kernel's clock follows others (adjtimex(2)).
func synchronised() (bool, error) {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	return err == nil && state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0, err
}

// kernel names the running kernel.
func kernel() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return "Linux"
	}
	return unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:])
}
