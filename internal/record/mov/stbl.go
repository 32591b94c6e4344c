package mov

import "math"

// stbl appends the sample table: what the pictures are, when, how large, where.
func (x *boxes) stbl(m *movie) {
	o := x.open("stbl")
	d := x.openFull("stsd", 0, 0)
	x.u32(uint32(len(m.sizes)))
	for _, s := range m.sizes {
		x.entry(s)
	}
	x.end(d)
	x.stts(m)
	x.stsc(m)
	z := x.openFull("stsz", 0, 0)
	x.u32(0) // not all of one size
	x.u32(uint32(len(m.samples)))
	for i := range m.samples {
		x.u32(m.samples[i].Size)
	}
	x.end(z)
	x.stco(m)
	x.end(o)
}

// length returns the duration of sample i in ticks.
func (m *movie) length(i int) uint32 {
	next := m.end
	if i+1 < len(m.samples) {
		next = m.samples[i+1].Time
	}
	return uint32(next - m.samples[i].Time)
}

// stts holds the durations, in runs of the same.
func (x *boxes) stts(m *movie) {
	o := x.openFull("stts", 0, 0)
	at, n := x.count(), 0
	for i := 0; i < len(m.samples); n++ {
		first, d := i, m.length(i)
		for i < len(m.samples) && m.length(i) == d {
			i++
		}
		x.u32(uint32(i - first))
		x.u32(d)
	}
	x.setCount(at, n)
	x.end(o)
}

// stsc holds how many samples a chunk has and of which description, where that
// changes.
func (x *boxes) stsc(m *movie) {
	o := x.openFull("stsc", 0, 0)
	at, n := x.count(), 0
	put := func(first, samples, size int) {
		x.u32(uint32(first + 1))
		x.u32(uint32(samples))
		x.u32(uint32(size + 1))
		n++
	}
	if m.chunks == nil && len(m.samples) > 0 {
		put(0, 1, 0)
	}
	for i, c := range m.chunks {
		if i == 0 || c.samples != m.chunks[i-1].samples || c.size != m.chunks[i-1].size {
			put(i, c.samples, c.size)
		}
	}
	x.setCount(at, n)
	x.end(o)
}

// stco holds where the chunks are, in 64 bits when 32 are too few.
func (x *boxes) stco(m *movie) {
	n, offset := len(m.chunks), func(i int) int64 { return m.chunks[i].offset }
	if m.chunks == nil {
		n, offset = len(m.samples), func(i int) int64 { return m.samples[i].Offset }
	}
	name, put := "stco", func(v int64) { x.u32(uint32(v)) }
	if n > 0 && offset(n-1) > math.MaxUint32 {
		name, put = "co64", func(v int64) { x.u64(uint64(v)) }
	}
	o := x.openFull(name, 0, 0)
	x.u32(uint32(n))
	for i := range n {
		put(offset(i))
	}
	x.end(o)
}
