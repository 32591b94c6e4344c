package store

import (
	bolt "go.etcd.io/bbolt"
)

// rewriteStep is how many records are written in a transaction of a new file.
const rewriteStep = 10_000

// rewrite copies every record of src, as it is at one moment, to dst, which must be
// empty, and writes dst to disk. edit returns what is written in place of a value,
// or nil to leave the record out. Writers of src go on, but for one that has to enlarge
// the memory map of the file, which bbolt does when no reader is there (it doubles each
// time). Nothing of what is left out is in the file of dst. A record that is damaged is an error.
func rewrite(src, dst *bolt.DB, edit func(bucket, key, value []byte) ([]byte, error)) error {
	dst.NoSync = true // once, at the end
	defer func() { dst.NoSync = false }()
	w := &rewriter{dst: dst, edit: edit}
	err := src.View(func(tx *bolt.Tx) error { return tx.ForEach(w.bucket) })
	if err != nil {
		return err
	}
	return dst.Sync()
}

type rewriter struct {
	dst  *bolt.DB
	edit func(bucket, key, value []byte) ([]byte, error)
}

// bucket copies a bucket, which holds no others.
func (w *rewriter) bucket(name []byte, b *bolt.Bucket) error {
	err := w.dst.Update(func(tx *bolt.Tx) error {
		into, err := tx.CreateBucket(name)
		if err != nil {
			return err
		}
		return into.SetSequence(b.Sequence())
	})
	if err != nil {
		return err
	}
	c := b.Cursor()
	for k, v := c.First(); k != nil; {
		err := w.dst.Update(func(tx *bolt.Tx) error {
			into := tx.Bucket(name)
			into.FillPercent = eventsFill // keys come in order
			for n := 0; n < rewriteStep && k != nil; n++ {
				if err := w.record(into, name, k, v); err != nil {
					return err
				}
				k, v = c.Next()
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *rewriter) record(into *bolt.Bucket, bucket, key, record []byte) error {
	if record == nil {
		return damagef("bucket %q holds the bucket %q", bucket, key)
	}
	value, err := unseal(key, record)
	if err != nil {
		return err
	}
	if value, err = w.edit(bucket, key, value); err != nil || value == nil {
		return err
	}
	return into.Put(key, seal(key, value))
}
