package jpeg

import (
	"bytes"
	"fmt"
	"image"
	stdjpeg "image/jpeg"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/gen2brain/jpegn"
)

// A scenery is a picture that is made to be as hard on a codec as a photograph:
// hills of fractal noise under a bright sky, hard edges, and the grain of a
// sensor, more of it in the dark.
type scenery struct {
	rng  *rand.Rand
	grid [6][]float64 // value noise, by octave
}

const gridSize = 64

func newScenery(seed uint64) *scenery {
	s := &scenery{rng: rand.New(rand.NewPCG(seed, 7))}
	for i := range s.grid {
		s.grid[i] = make([]float64, gridSize*gridSize)
		for j := range s.grid[i] {
			s.grid[i][j] = s.rng.Float64()*2 - 1
		}
	}
	return s
}

// noise is smooth from one lattice point to the next.
func (s *scenery) noise(octave int, x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	at := func(x, y float64) float64 {
		return s.grid[octave][int(y)&(gridSize-1)*gridSize+int(x)&(gridSize-1)]
	}
	u, v := x-fx, y-fy
	u, v = u*u*(3-2*u), v*v*(3-2*v)
	top := at(fx, fy)*(1-u) + at(fx+1, fy)*u
	bottom := at(fx, fy+1)*(1-u) + at(fx+1, fy+1)*u
	return top*(1-v) + bottom*v
}

func (s *scenery) fractal(x, y float64) (sum float64) {
	for i, gain := 0, 0.5; i < len(s.grid); i, gain = i+1, gain*0.62 {
		sum += gain * s.noise(i, x, y)
		x, y = x*2.03, y*2.03
	}
	return sum
}

// draw paints the scenery at w x h pixels.
func (s *scenery) draw(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			u, v := float64(x)/float64(h), float64(y)/float64(h)
			r, g, b := 150+70*v, 175+50*v, 235-20*v // sky
			if ridge := 0.45 + 0.22*s.fractal(u*2, 0.5); v > ridge {
				f := s.fractal(u*14, v*14)
				r, g, b = 95+95*f, 105+80*f, 70+60*f
			}
			if math.Mod(u*5, 1) < 0.08 && v > 0.3 { // posts
				r, g, b = 60, 50, 45
			}
			grain := s.rng.NormFloat64() * (2.2 + 2*(1-v))
			i := m.PixOffset(x, y)
			m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3] = clamp(int32(r+grain)), clamp(int32(g+grain)), clamp(int32(b+grain)), 255
		}
	}
	return m
}

// drawn holds the photographs that were made, since drawing takes long.
var drawn sync.Map

// photo codes a scenery at quality 85 with the standard tables. sampling is
// "420", "422", "440", "444" or "gray". Nobody may change the result.
func photo(t testing.TB, seed uint64, w, h int, sampling string) []byte {
	t.Helper()
	key := fmt.Sprint(seed, w, h, sampling)
	if b, ok := drawn.Load(key); ok {
		return b.([]byte)
	}
	kinds := map[string]jpegn.Subsampling{
		"420": jpegn.Subsample420, "422": jpegn.Subsample422, "440": jpegn.Subsample440,
		"444": jpegn.Subsample444, "gray": jpegn.SubsampleGray,
	}
	var out bytes.Buffer
	m := newScenery(seed).draw(w, h)
	if err := jpegn.Encode(&out, m, &jpegn.EncodeOptions{Quality: 85, Subsampling: kinds[sampling]}); err != nil {
		t.Fatal(err)
	}
	drawn.Store(key, out.Bytes())
	return out.Bytes()
}

// TestPhotosAreHard holds the photographs of the benchmarks to the weight of
// real ones: a camera's 1080p picture has 200 to 400 kB, so 0.8 to 1.6 bits a
// pixel (theirs have 1.1), and a smaller one of the same scene has more.
func TestPhotosAreHard(t *testing.T) {
	b := photo(t, 1, 320, 240, "420")
	if bits := float64(8*len(b)) / (320 * 240); bits < 0.8 || bits > 2.2 {
		t.Errorf("the photograph has %.2f bits a pixel", bits)
	}
	if _, err := stdjpeg.Decode(bytes.NewReader(b)); err != nil {
		t.Error(err)
	}
}
