package store

import (
	"encoding/hex"
	"encoding/json"
	"hash/crc32"

	bolt "go.etcd.io/bbolt"
)

// A record is JSON, a line feed, and the CRC-32C of key and JSON as 8 hex digits:
// bbolt has checksums for its headers only, and a wrong bit must not become a
// camera's wrong address.
const trailerLen = 1 + 2*crc32.Size

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum is the CRC-32C of key and value.
func checksum(key, value []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, value)
}

// seal returns value as a record stored under key.
func seal(key, value []byte) []byte {
	sum := checksum(key, value)
	record := make([]byte, 0, len(value)+trailerLen)
	record = append(append(record, value...), '\n')
	return hex.AppendEncode(record, []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
}

// unseal returns the value in a record, which it shares bytes with.
func unseal(key, record []byte) ([]byte, error) {
	n := len(record) - trailerLen
	if n < 0 || record[n] != '\n' {
		return nil, damagef("record %q is cut short", key)
	}
	var sum [crc32.Size]byte
	_, err := hex.Decode(sum[:], record[n+1:])
	want := uint32(sum[0])<<24 | uint32(sum[1])<<16 | uint32(sum[2])<<8 | uint32(sum[3])
	if err != nil || want != checksum(key, record[:n]) {
		return nil, damagef("record %q has a wrong checksum", key)
	}
	return record[:n], nil
}

// putRecord stores v under key and returns it as it will be read back.
func putRecord[T any](b *bolt.Bucket, key []byte, v T) (T, error) {
	var stored T
	value, err := json.Marshal(v)
	if err != nil {
		return stored, err
	}
	if err := json.Unmarshal(value, &stored); err != nil {
		return stored, err
	}
	return stored, b.Put(key, seal(key, value))
}

// getRecord reads what is stored under key, which must be there.
func getRecord[T any](b *bolt.Bucket, key []byte) (T, error) {
	record := b.Get(key)
	if record == nil {
		var none T
		return none, damagef("record %q is missing", key)
	}
	return openRecord[T](key, record)
}

// openRecord reads the value in a record. The result shares no bytes with it.
func openRecord[T any](key, record []byte) (T, error) {
	var v T
	value, err := unseal(key, record)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(value, &v); err != nil {
		return v, damagef("record %q can't be read: %v", key, err)
	}
	return v, nil
}
