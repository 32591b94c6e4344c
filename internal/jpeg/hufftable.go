package jpeg

// lookBits is how many bits of a code the fast table sees; longer codes are
// rare.
const lookBits = 9

// huffman is one decoding table. An entry is the length of the code in bits
// times 256, plus its value; 0 says that there is no such code.
type huffman struct {
	look  [1 << lookBits]uint16
	first [17]int // by length: the first code
	count [17]int
	index [17]int // by length: where its values begin
	value [256]byte
}

// set builds the table from the counts and values of a DHT segment (T.81
// annex C), and reports whether they make sense.
func (t *huffman) set(counts, values []byte) bool {
	*t = huffman{}
	copy(t.value[:], values)
	code, k := 0, 0
	for size := 1; size <= 16; size++ {
		n := int(counts[size-1])
		t.first[size], t.count[size], t.index[size] = code, n, k
		if code+n > 1<<size {
			return false
		}
		for i := 0; i < n && size <= lookBits; i++ {
			e := uint16(size)<<8 | uint16(t.value[k+i])
			from := (code + i) << (lookBits - size)
			for j := range 1 << (lookBits - size) {
				t.look[from+j] = e
			}
		}
		code = (code + n) << 1
		k += n
	}
	return true
}

// long finds a code that is longer than lookBits at the top of bits.
func (t *huffman) long(bits uint16) uint16 {
	for size := lookBits + 1; size <= 16; size++ {
		i := int(bits>>(16-size)) - t.first[size]
		if i >= 0 && i < t.count[size] {
			return uint16(size)<<8 | uint16(t.value[t.index[size]+i])
		}
	}
	return 0
}

// tableSpec is one table of a DHT segment (T.81 B.2.4.2).
type tableSpec struct {
	class, id      byte // 0 for DC and 1 for AC; 0 to 3
	counts, values []byte
}

// nextTable takes the first table off the body of a DHT segment.
func nextTable(body []byte) (t tableSpec, rest []byte, ok bool) {
	if len(body) < 17 || body[0]>>4 > 1 || body[0]&15 > 3 {
		return t, nil, false
	}
	n := 0
	for _, c := range body[1:17] {
		n += int(c)
	}
	if n > 256 || len(body) < 17+n {
		return t, nil, false
	}
	return tableSpec{body[0] >> 4, body[0] & 15, body[1:17], body[17 : 17+n]}, body[17+n:], true
}

// huffman takes the body of a DHT segment: one table or more.
func (d *unitDecoder) huffman(body []byte) bool {
	for len(body) > 0 {
		t, rest, ok := nextTable(body)
		if !ok || !d.tables[t.class][t.id].set(t.counts, t.values) {
			return false
		}
		body = rest
	}
	return true
}

// standardTables returns the tables that are in force when a picture brings
// none.
func standardTables() (t [2][4]huffman) {
	t[0][0].set(dcLumaCounts[:], dcValues[:])
	t[0][1].set(dcChromaCounts[:], dcValues[:])
	t[1][0].set(acLumaCounts[:], acLumaValues[:])
	t[1][1].set(acChromaCounts[:], acChromaValues[:])
	return t
}
