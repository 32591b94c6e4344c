package store

import (
	"errors"
	"fmt"
	"io"
)

// checkPages reads the tree of pages of a bbolt file and reports damage that would
// lead bbolt astray: a page, entry or key out of bounds or out of order, a page that
// is used twice or free and used, a file that ends too early. A quick check reads
// all branch pages and no leaf below one: a few pages of a hundred megabytes. A full
// check reads every page in use. Memory: a byte a page, and the largest page.
//
// It reports whether both headers were good. If not, the tree is that of the good
// one, which may lack the last transaction.
func checkPages(r io.ReaderAt, size int64, full bool) (both bool, err error) {
	h, both, err := newestHeader(r)
	if err != nil {
		return false, err
	}
	if h.pages > uint64(size)/h.pageSize {
		return false, damagef("it was cut short: it has %d bytes, and should have %d pages of %d", size, h.pages, h.pageSize)
	}
	c := &pageCheck{r: r, h: h, full: full || h.freelist == noFreelist, use: make([]use, h.pages)}
	if h.freelist != noFreelist {
		if err := c.freelist(); err != nil {
			return false, err
		}
	}
	return both, c.tree(h.root, nil, nil)
}

// use says what a page was found to be.
type use byte

const (
	unknown use = iota
	free
	used
)

type pageCheck struct {
	r    io.ReaderAt
	h    header
	full bool
	use  []use
	buf  []byte // the page that was read last
}

// claim marks n pages from id as used.
func (c *pageCheck) claim(id, n uint64) error {
	if id < 2 || id >= c.h.pages || n > c.h.pages-id {
		return damagef("page %d lies outside of the file", id)
	}
	for i := id; i < id+n; i++ {
		switch c.use[i] {
		case free:
			return damagef("page %d is in use and listed as free", i)
		case used:
			return damagef("page %d is used twice", i)
		}
		c.use[i] = used
	}
	return nil
}

// read claims and reads a page and those that continue it. Its bytes are good until
// the next read.
func (c *pageCheck) read(id uint64) (page, error) {
	if err := c.claim(id, 1); err != nil {
		return page{}, err
	}
	if err := c.readAt(id, 0, 1); err != nil {
		return page{}, err
	}
	p := page{id: id, flags: order.Uint16(c.buf[8:])}
	if got := order.Uint64(c.buf); got != id {
		return p, damagef("page %d says that it is page %d", id, got)
	}
	if more := uint64(order.Uint32(c.buf[12:])); more > 0 {
		if err := c.claim(id+1, more); err != nil {
			return p, err
		}
		if err := c.readAt(id, 1, more); err != nil {
			return p, err
		}
	}
	p.data = c.buf
	return p, nil
}

// readAt puts the pages id+skip to id+skip+n-1 into c.buf, behind the first skip
// pages that are there.
func (c *pageCheck) readAt(id, skip, n uint64) error {
	if want := (skip + n) * c.h.pageSize; uint64(cap(c.buf)) < want {
		c.buf = append(make([]byte, 0, want), c.buf...)
	}
	c.buf = c.buf[:(skip+n)*c.h.pageSize]
	_, err := c.r.ReadAt(c.buf[skip*c.h.pageSize:], int64((id+skip)*c.h.pageSize))
	if errors.Is(err, io.EOF) {
		return damagef("it ends within page %d", id)
	}
	if err != nil {
		return fmt.Errorf("read page %d: %w", id, err)
	}
	return nil
}

// freelist marks the free pages.
func (c *pageCheck) freelist() error {
	p, err := c.read(c.h.freelist)
	if err != nil {
		return err
	}
	if p.flags != flagFreelist {
		return damagef("page %d is not the list of free pages", p.id)
	}
	ids, count := p.data[pageHeaderLen:], uint64(order.Uint16(p.data[10:]))
	if count == 0xFFFF { // too many for 16 bits: the first entry is the number
		count, ids = order.Uint64(ids), ids[8:]
	}
	if count > uint64(len(ids))/8 {
		return damagef("page %d: %d free pages do not fit in it", p.id, count)
	}
	for i := range count {
		id := order.Uint64(ids[8*i:])
		if id < 2 || id >= c.h.pages || c.use[id] != unknown {
			return damagef("page %d lists page %d as free", p.id, id)
		}
		c.use[id] = free
	}
	return nil
}

// tree checks the page id and those below it, whose keys must be from low to before
// high (nil: no bound), and the buckets in them.
func (c *pageCheck) tree(id uint64, low, high []byte) error {
	p, err := c.read(id)
	if err != nil {
		return err
	}
	if p.flags != flagBranch && p.flags != flagLeaf {
		return damagef("page %d is neither branch nor leaf", id)
	}
	es, err := p.elements()
	if err != nil {
		return err
	}
	if n := len(es); n > 0 && (low != nil && string(es[0].key) < string(low) ||
		high != nil && string(es[n-1].key) >= string(high)) {
		return damagef("page %d holds keys that belong elsewhere", id)
	}
	if p.flags == flagLeaf {
		return c.buckets(p, es)
	}
	return c.branch(p, es, high)
}

// branch checks the pages below a branch page.
func (c *pageCheck) branch(p page, es []element, high []byte) error {
	if len(es) == 0 {
		return damagef("page %d is a branch with nothing below it", p.id)
	}
	for i := range es { // the next read overwrites the keys
		es[i].key = append([]byte(nil), es[i].key...)
	}
	leaves := false
	if !c.full {
		var err error
		if leaves, err = c.isLeaf(es[0].child); err != nil {
			return err
		}
	}
	for i, e := range es {
		if leaves {
			if err := c.claim(e.child, 1); err != nil {
				return err
			}
			continue
		}
		next := high
		if i+1 < len(es) {
			next = es[i+1].key
		}
		if err := c.tree(e.child, e.key, next); err != nil {
			return err
		}
	}
	return nil
}

// isLeaf reports whether the page id is a leaf. In a tree of bbolt, so are then its siblings.
func (c *pageCheck) isLeaf(id uint64) (bool, error) {
	if id >= c.h.pages {
		return false, damagef("page %d lies outside of the file", id)
	}
	err := c.readAt(id, 0, 1)
	return err == nil && order.Uint16(c.buf[8:]) == flagLeaf, err
}

// buckets checks the buckets among the entries of a leaf page: small ones in line, the
// others after all entries, since reading them overwrites the page.
func (c *pageCheck) buckets(p page, es []element) error {
	var roots []uint64
	for _, e := range es {
		if e.flags&leafIsBucket == 0 {
			continue
		}
		if len(e.value) < bucketValueLen {
			return damagef("page %d: bucket %q has no header", p.id, e.key)
		}
		if root := order.Uint64(e.value); root != 0 {
			roots = append(roots, root)
			continue
		}
		inline := page{id: p.id, data: e.value[bucketValueLen:]}
		if len(inline.data) < pageHeaderLen || order.Uint16(inline.data[8:]) != flagLeaf {
			return damagef("page %d: bucket %q has no page", p.id, e.key)
		}
		inline.flags = flagLeaf
		if _, err := inline.elements(); err != nil {
			return err
		}
	}
	for _, root := range roots {
		if err := c.tree(root, nil, nil); err != nil {
			return err
		}
	}
	return nil
}
