package store

import (
	"encoding/binary"
	"hash/fnv"
	"io"
)

// The layout of a bbolt file (bbolt/internal/common): pages of one size, their
// numbers in the machine's byte order. Pages 0 and 1 are headers, written in turn;
// the valid one with the higher transaction ID counts.
const (
	boltMagic      = 0xED0CDAED
	boltVersion    = 2
	pageHeaderLen  = 16
	elementLen     = 16 // of a branch and of a leaf alike
	headerLen      = 64
	bucketValueLen = 16 // root page and sequence
	noFreelist     = ^uint64(0)
	minPageSize    = 1 << 10
	maxPageSize    = 16 << 20

	flagBranch   = 1
	flagLeaf     = 2
	flagFreelist = 16

	leafIsBucket = 1 // flag of a leaf element: its value is a bucket
)

var order = binary.NativeEndian

// header is what page 0 or 1 says of the file.
type header struct {
	pageSize uint64
	root     uint64 // page of the root bucket
	freelist uint64 // page of the list of free pages, or noFreelist
	pages    uint64 // pages below this one are in use
	tx       uint64
}

// hasBoltMagic reports whether b begins like a bbolt file.
func hasBoltMagic(b []byte) bool {
	return len(b) >= pageHeaderLen+4 && order.Uint32(b[pageHeaderLen:]) == boltMagic
}

// isNewerFormat reports whether b begins with a whole header of a later version.
func isNewerFormat(b []byte) bool {
	return len(b) >= pageHeaderLen+headerLen && hasBoltMagic(b) && order.Uint32(b[pageHeaderLen+4:]) > boltVersion &&
		headerSum(b[pageHeaderLen:]) == order.Uint64(b[pageHeaderLen+56:])
}

// headerSum returns the checksum that a header should have.
func headerSum(b []byte) uint64 {
	sum := fnv.New64a()
	sum.Write(b[:56])
	return sum.Sum64()
}

// readHeader reads the header in the page at off, if it is valid.
func readHeader(r io.ReaderAt, off int64) (h header, ok bool) {
	var page [pageHeaderLen + headerLen]byte
	if _, err := r.ReadAt(page[:], off); err != nil {
		return h, false
	}
	b := page[pageHeaderLen:]
	h = header{
		pageSize: uint64(order.Uint32(b[8:])),
		root:     order.Uint64(b[16:]),
		freelist: order.Uint64(b[32:]),
		pages:    order.Uint64(b[40:]),
		tx:       order.Uint64(b[48:]),
	}
	ok = hasBoltMagic(page[:]) && order.Uint32(b[4:]) == boltVersion && headerSum(b) == order.Uint64(b[56:]) &&
		h.pageSize >= minPageSize && h.pageSize <= maxPageSize
	return h, ok
}

// newestHeader returns the header that bbolt will go by. Both says whether the other
// one is good too, that of the transaction before: if not, it may have been the newer.
func newestHeader(r io.ReaderAt) (h header, both bool, err error) {
	h0, ok0 := readHeader(r, 0)
	var h1 header
	ok1 := false
	if ok0 {
		h1, ok1 = readHeader(r, int64(h0.pageSize))
	}
	for size := int64(minPageSize); !ok0 && !ok1 && size <= maxPageSize; size *= 2 {
		h1, ok1 = readHeader(r, size)
	}
	switch {
	case !ok0 && !ok1:
		head := make([]byte, 4096)
		n, err := r.ReadAt(head, 0)
		if err != nil && err != io.EOF {
			return h, false, err
		}
		return h, false, unreadable(head[:n])
	case !ok1 || ok0 && h0.tx > h1.tx:
		return h0, ok1, nil
	}
	return h1, ok0 && h1.tx > h0.tx, nil // equal: one was written over the other
}

// page is a page with the pages that continue it, or a small bucket stored in line.
type page struct {
	id    uint64
	flags uint16
	data  []byte // header, elements, keys and values
}

// element is one entry of a branch or leaf page. Its bytes are those of the page.
type element struct {
	child uint64 // of a branch
	flags uint32 // of a leaf
	key   []byte
	value []byte // of a leaf
}

// elements returns the entries of a branch or leaf page, all within its bounds and
// with keys that rise.
func (p page) elements() ([]element, error) {
	count := uint64(order.Uint16(p.data[10:]))
	first := pageHeaderLen + elementLen*count // where keys and values may begin
	if first > uint64(len(p.data)) {
		return nil, damagef("page %d: %d entries do not fit in it", p.id, count)
	}
	es := make([]element, count)
	for i := range es {
		at := pageHeaderLen + elementLen*uint64(i)
		b, e := p.data[at:], &es[i]
		var pos, keyLen, valueLen uint64
		if p.flags == flagBranch {
			pos, keyLen = uint64(order.Uint32(b)), uint64(order.Uint32(b[4:]))
			e.child = order.Uint64(b[8:])
		} else {
			e.flags, pos = order.Uint32(b), uint64(order.Uint32(b[4:]))
			keyLen, valueLen = uint64(order.Uint32(b[8:])), uint64(order.Uint32(b[12:]))
		}
		key := at + pos
		if key < first || key+keyLen+valueLen > uint64(len(p.data)) {
			return nil, damagef("page %d: entry %d lies outside of it", p.id, i)
		}
		e.key, e.value = p.data[key:key+keyLen], p.data[key+keyLen:key+keyLen+valueLen]
		if keyLen == 0 || i > 0 && string(es[i-1].key) >= string(e.key) {
			return nil, damagef("page %d: key %d is out of order", p.id, i)
		}
	}
	return es, nil
}
