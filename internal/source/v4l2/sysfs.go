package v4l2

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"camhub/internal/source"
)

// system is where the kernel shows its devices: the root of the file system,
// but in tests.
type system struct{ root string }

// here is the machine that this program runs on.
var here = system{root: "/"}

// node is a video node as sysfs shows it.
type node struct {
	path   string // /dev/videoN
	number int
	name   string // as its driver calls it
	index  string // tells the nodes of one device apart
	byID   string // the stable names, "" where there is none
	byPath string
}

// sysfsDepth bounds the walk from a device up to its bus.
const sysfsDepth = 32

// nodes returns all video nodes, by their numbers. A node that disappears
// meanwhile is left out.
func (s system) nodes() ([]node, error) {
	class := filepath.Join(s.root, "/sys/class/video4linux")
	entries, err := os.ReadDir(class)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // no driver is loaded
	}
	if err != nil {
		return nil, fmt.Errorf("list video nodes: %w", err)
	}
	var ns []node
	for _, e := range entries {
		number, err := strconv.Atoi(strings.TrimPrefix(e.Name(), "video"))
		if err != nil || !strings.HasPrefix(e.Name(), "video") {
			continue // vbi, radio, v4l-subdev
		}
		dir := filepath.Join(class, e.Name())
		index, err := readAttr(dir, "index")
		if err != nil {
			continue
		}
		n := node{path: "/dev/" + e.Name(), number: number, index: index}
		n.name, _ = readAttr(dir, "name") // may be missing
		n.byID, n.byPath = s.stableNames(dir, index)
		ns = append(ns, n)
	}
	slices.SortFunc(ns, func(a, b node) int { return cmp.Compare(a.number, b.number) })
	return ns, nil
}

// stableNames composes the names that udev gives to the node with the folder
// dir: /lib/udev/rules.d/60-persistent-v4l.rules with its usb_id and path_id.
func (s system) stableNames(dir, index string) (byID, byPath string) {
	at, err := filepath.EvalSymlinks(filepath.Join(dir, "device"))
	if err != nil {
		return "", ""
	}
	var parts []string
	parent := false // a bus that a path may begin with was met
	skip := ""      // the rest of this bus is part of the name already
	top := filepath.Join(s.root, "/sys/devices")
	for depth := 0; depth < sysfsDepth && at != top && strings.HasPrefix(at, top); depth++ {
		bus := subsystem(at)
		name := filepath.Base(at)
		if byID == "" && bus == "usb" {
			if _, err := readAttr(at, "idVendor"); err == nil {
				byID = byIDDir + "usb-" + usbID(func(a string) string { v, _ := readAttr(at, a); return v }) + "-video-index" + index
			}
		}
		if bus != skip || bus == "" {
			switch bus {
			case "usb":
				if _, port, ok := strings.Cut(name, "-"); ok {
					parts, skip = append(parts, "usb-0:"+port), bus
				}
			case "pci", "platform", "acpi", "amba":
				parts, skip, parent = append(parts, bus+"-"+name), bus, true
			case "virtio":
				parts, skip = append(parts, bus+"-"+name), bus
			}
		}
		at = filepath.Dir(at)
	}
	if parent {
		slices.Reverse(parts)
		byPath = byPathDir + strings.Join(parts, "-") + "-video-index" + index
	}
	return byID, byPath
}

// subsystem returns the name of the bus of a device's folder, or "".
func subsystem(dir string) string {
	link, err := os.Readlink(filepath.Join(dir, "subsystem"))
	if err != nil {
		return ""
	}
	return filepath.Base(link)
}

func readAttr(dir, name string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, name))
	return strings.TrimSpace(string(b)), err
}

// resolve returns the node that the path device means now, as /dev/videoN where
// it is one of these. The error is a *source.Error.
func (s system) resolve(device string) (string, error) {
	if strings.HasPrefix(device, byIDDir) || strings.HasPrefix(device, byPathDir) {
		all, err := s.nodes()
		if err != nil {
			return "", &source.Error{Code: "no-device", Message: "The devices of this machine can't be listed.", Err: err}
		}
		switch found := named(device, all); len(found) {
		case 1:
			return found[0].path, nil
		case 0: // udev may have other rules than ours: its link counts
		default:
			return "", errAmbiguous(device, found, all)
		}
	}
	real, err := filepath.EvalSymlinks(filepath.Join(s.root, device))
	if errors.Is(err, fs.ErrNotExist) {
		return "", errUnplugged(device)
	}
	if err != nil {
		return "", &source.Error{Code: "no-device", Message: fmt.Sprintf("%s can't be looked at.", device), Err: err}
	}
	real = "/" + strings.TrimPrefix(strings.TrimPrefix(real, s.root), "/")
	if !strings.HasPrefix(real, "/dev/") {
		return "", errNotCamera(device, "leads to "+real+", outside /dev")
	}
	return real, nil
}

// named returns those nodes of all that have a stable name.
func named(name string, all []node) []node {
	var found []node
	for _, n := range all {
		if n.byID == name || sameName(n.byPath, name) {
			found = append(found, n)
		}
	}
	return found
}

// stable returns the best name for n: the first that no other node has.
func stable(n node, all []node) string {
	for _, name := range []func(node) string{func(n node) string { return n.byID }, func(n node) string { return n.byPath }} {
		same := 0
		for _, other := range all {
			if name(other) == name(n) {
				same++
			}
		}
		if name(n) != "" && same == 1 {
			return name(n)
		}
	}
	return n.path
}
