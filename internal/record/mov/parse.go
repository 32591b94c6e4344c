package mov

import (
	"encoding/binary"
	"fmt"
)

// parsedMoov holds the parts of an index that matter, each the body of its box.
type parsedMoov struct {
	info                   Info
	own                    bool // info is whole
	stts, stsc, stsz, stco []byte
	wide                   bool // stco is co64
}

// parse takes the body of a moov box apart.
func (p *parsedMoov) parse(b []byte) error {
	var walk func(name string, b []byte)
	walk = func(name string, b []byte) {
		switch name {
		case "trak", "mdia", "minf", "stbl":
			children(b, walk)
		case "stsd":
			if len(b) >= 8+36 {
				p.info.Width = int(binary.BigEndian.Uint16(b[8+32:]))
				p.info.Height = int(binary.BigEndian.Uint16(b[8+34:]))
			}
		case "uuid":
			p.own = p.info.parseOwn(b) || p.own
		case "stts":
			p.stts = b
		case "stsc":
			p.stsc = b
		case "stsz":
			p.stsz = b
		case "stco", "co64":
			p.stco, p.wide = b, name == "co64"
		}
	}
	children(b, walk)
	if !p.own {
		return fmt.Errorf("%w: not written by it", ErrFormat)
	}
	if p.info.Width == 0 || p.info.Height == 0 {
		return fmt.Errorf("%w: no size", ErrFormat)
	}
	return nil
}

// table returns the entries of a full box that counts them, each of size bytes,
// behind skip bytes.
func table(b []byte, name string, skip, size int) ([]byte, error) {
	if len(b) < skip+4 {
		return nil, fmt.Errorf("%w: no %s", ErrFormat, name)
	}
	n := binary.BigEndian.Uint32(b[skip:])
	b = b[skip+4:]
	if uint64(n)*uint64(size) != uint64(len(b)) {
		return nil, fmt.Errorf("%w: %d entries in %d bytes of %s", ErrFormat, n, len(b), name)
	}
	return b, nil
}

// tables fills x, whose pictures all lie before end.
func (p *parsedMoov) tables(x *Index, end int64) error {
	x.Info = p.info
	wide := 4
	if p.wide {
		wide = 8
	}
	sizes, err := table(p.stsz, "stsz", 8, 4)
	if err != nil {
		return err
	}
	offsets, err := table(p.stco, "stco", 4, wide)
	if err != nil {
		return err
	}
	durations, err := table(p.stts, "stts", 4, 8)
	if err != nil {
		return err
	}
	n := len(sizes) / 4
	if len(offsets)/wide != n || n > MaxSamples || binary.BigEndian.Uint32(p.stsz[4:]) != 0 {
		return fmt.Errorf("%w: %d sizes of %d chunks", ErrFormat, n, len(offsets)/wide)
	}
	if n > 0 && string(p.stsc) != "\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01" {
		return fmt.Errorf("%w: chunks of more than a picture", ErrFormat)
	}
	x.Samples = make([]Sample, n)
	last := int64(ftypLen + freeLen)
	for i := range x.Samples {
		s := &x.Samples[i]
		s.Size = binary.BigEndian.Uint32(sizes[4*i:])
		if p.wide {
			s.Offset = int64(binary.BigEndian.Uint64(offsets[8*i:]))
		} else {
			s.Offset = int64(binary.BigEndian.Uint32(offsets[4*i:]))
		}
		if s.Offset < last || s.Offset > end-int64(s.Size) || s.Size < 4 || s.Size > MaxPicture {
			return fmt.Errorf("%w: picture %d of %d bytes at byte %d", ErrFormat, i+1, s.Size, s.Offset)
		}
		last = s.Offset + int64(s.Size)
	}
	return x.times(durations)
}

// times fills in the times of the samples from the entries of an stts box.
func (x *Index) times(durations []byte) error {
	i := 0
	for ; len(durations) > 0; durations = durations[8:] {
		n, d := binary.BigEndian.Uint32(durations), binary.BigEndian.Uint32(durations[4:])
		if uint64(n) > uint64(len(x.Samples)-i) || d == 0 {
			return fmt.Errorf("%w: %d durations of %d ticks at picture %d", ErrFormat, n, d, i+1)
		}
		for range n {
			x.Samples[i].Time = x.End
			x.End += int64(d)
			i++
		}
		if x.End > maxTime {
			return fmt.Errorf("%w: longer than %v", ErrFormat, Duration(maxTime))
		}
	}
	if i != len(x.Samples) {
		return fmt.Errorf("%w: %d times of %d pictures", ErrFormat, i, len(x.Samples))
	}
	return nil
}
