package mov

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// plan gathers the pictures of an export.
type plan struct {
	entries []entry
	movie   movie
	bytes   int64 // of all pictures

	speed    float64
	least    int64 // ticks between pictures
	most     int64
	interval int64 // the last one
	clock    int64 // ticks of the newest picture, also of one left out
	kept     int64 // ticks of the newest that was taken

	// Times count from an anchor, not from picture to picture, so that no
	// rounding adds up. It is set anew where the clocks part.
	wall, wallAnchor time.Time
	clockAnchor      int64
}

func newPlan(pieces []Piece, o ExportOptions) (*plan, error) {
	if o.Speed < 0 || o.MaxFPS < 0 || o.MaxGap < 0 || math.IsNaN(o.Speed) || math.IsNaN(o.MaxFPS) || o.Speed > 1e6 {
		return nil, fmt.Errorf("%w: speed %v, %v pictures a second, gaps of %v", ErrRange, o.Speed, o.MaxFPS, o.MaxGap)
	}
	p := &plan{speed: o.Speed, most: math.MaxUint32, interval: Timescale / 25}
	if p.speed == 0 {
		p.speed = 1
	}
	if o.MaxGap > 0 {
		p.most = min(max(Ticks(o.MaxGap), 1), p.most)
	}
	if o.MaxFPS > 0 {
		p.least = int64(Timescale / o.MaxFPS)
	}
	n := 0
	for i := range pieces {
		n += len(pieces[i].Samples)
	}
	if n > MaxSamples {
		return nil, fmt.Errorf("%w: an export of %d pictures, at most %d", ErrRange, n, MaxSamples)
	}
	p.entries = make([]entry, 0, n)
	p.movie.samples = make([]Sample, 0, n)
	for i := range pieces {
		if err := p.add(i, &pieces[i], o.MaxGap > 0); err != nil {
			return nil, err
		}
	}
	if len(p.entries) == 0 {
		return nil, ErrEmpty
	}
	rest := p.at(pieces[len(pieces)-1].Until) - p.clock
	p.movie.end = p.clock + min(max(rest, 1), p.most)
	return p, nil
}

// add plans the pictures of piece number i.
func (p *plan) add(i int, piece *Piece, shorten bool) error {
	if len(piece.Samples) == 0 {
		return nil
	}
	size := p.size(piece)
	first := true
	for j := range piece.Samples {
		s := piece.Samples[j]
		wall := piece.Start.Add(Duration(s.Time))
		if len(p.entries) == 0 {
			p.movie.created, p.wallAnchor = wall, wall
		} else if d := p.at(wall) - p.clock; d > p.most && !shorten {
			return fmt.Errorf("%w: %v without a picture before %v", ErrRange, wall.Sub(p.wall), wall.UTC())
		} else {
			p.advance(d, wall)
		}
		p.wall = wall
		if len(p.entries) > 0 && (p.clock-p.kept < p.least || p.clock == p.kept) {
			continue
		}
		p.take(i, s, size, first)
		first = false
	}
	return nil
}

// at returns the ticks of an instant.
func (p *plan) at(wall time.Time) int64 {
	ticks := Ticks(wall.Sub(p.wallAnchor))
	if p.speed != 1 {
		ticks = int64(math.Round(float64(ticks) / p.speed))
	}
	return p.clockAnchor + ticks
}

// advance moves the clock by d ticks, to a picture of the instant wall, as far as
// that makes sense.
func (p *plan) advance(d int64, wall time.Time) {
	switch {
	case d > p.most:
		d = p.most
	case wall.After(p.wall):
		p.interval = max(d, 1)
		p.clock += d
		return
	case p.speed == 1:
		d = p.interval
	default:
		d = 0
	}
	p.clock += d
	p.wallAnchor, p.clockAnchor = wall, p.clock
}

// take puts a picture into the export. A piece begins a chunk of its own, and so
// does every megabyte within it, so that players read no more at once.
func (p *plan) take(piece int, s Sample, size int, first bool) {
	p.entries = append(p.entries, entry{
		at: p.bytes, offset: s.Offset, time: p.clock, wall: p.wall.UnixNano(), size: s.Size, piece: uint32(piece),
	})
	chunks := p.movie.chunks
	if first || p.bytes-chunks[len(chunks)-1].offset > 1<<20 {
		p.movie.chunks = append(chunks, chunk{offset: p.bytes, size: size})
	}
	p.movie.chunks[len(p.movie.chunks)-1].samples++
	p.movie.samples = append(p.movie.samples, Sample{Time: p.clock, Size: s.Size})
	p.bytes += int64(s.Size)
	p.kept = p.clock
}

// size returns the number of the sample description for a piece.
func (p *plan) size(piece *Piece) int {
	s := size{piece.Width, piece.Height}
	i := slices.Index(p.movie.sizes, s)
	if i < 0 {
		i = len(p.movie.sizes)
		p.movie.sizes = append(p.movie.sizes, s)
	}
	return i
}
