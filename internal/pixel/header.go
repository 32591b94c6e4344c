package pixel

import "camhub/internal/jpeg"

// headers returns all that stands before the coded pixels (T.81 B.2): SOI, the
// JFIF segment, the quantization tables, the frame, the standard Huffman tables
// and the scan.
func (e *Encoder) headers(lumaTable, colorTable *[64]byte) []byte {
	h, v := e.format.kind.sampling()
	color := e.format.kind != gray
	b := []byte{
		0xFF, 0xD8, // SOI
		0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, // APP0
	}
	b = appendDQT(b, 0, lumaTable)
	n := byte(1)
	if color {
		b = appendDQT(b, 1, colorTable)
		n = 3
	}
	b = append(b, 0xFF, 0xC0, 0, 8+3*n, 8, byte(e.height>>8), byte(e.height), byte(e.width>>8), byte(e.width), n)
	b = append(b, 1, byte(h<<4|v), 0)
	if color {
		b = append(b, 2, 0x11, 1, 3, 0x11, 1)
	}
	b = append(b, jpeg.StandardHuffman()...)
	b = append(b, 0xFF, 0xDA, 0, 6+2*n, n, 1, 0x00)
	if color {
		b = append(b, 2, 0x11, 3, 0x11)
	}
	return append(b, 0, 63, 0)
}

// appendDQT appends a table, given in natural order.
func appendDQT(b []byte, id byte, table *[64]byte) []byte {
	b = append(b, 0xFF, 0xDB, 0, 67, id)
	for _, natural := range zigzag {
		b = append(b, table[natural])
	}
	return b
}
