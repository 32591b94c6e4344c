package emulated

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/jpeg"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "draw the built-in slides anew")

// A scene is the same valley at one time of day.
type scene struct {
	name               string
	skyTop, skyBottom  color.RGBA
	sun                [2]float64 // place, in parts of the picture
	sunColor           color.RGBA
	sunRadius, glow    float64 // in parts of the height
	farHill, nearHill  color.RGBA
	lakeTop, lakeFloor color.RGBA
	stars              int
}

var scenes = []scene{
	{
		name: "1-morning", skyTop: rgb(0x5B86B5), skyBottom: rgb(0xFBD9B0),
		sun: [2]float64{0.24, 0.44}, sunColor: rgb(0xFFF3D6), sunRadius: 0.050, glow: 0.55,
		farHill: rgb(0xC9AFA8), nearHill: rgb(0x31474B), lakeTop: rgb(0xE6C8A8), lakeFloor: rgb(0x5F7F92),
	},
	{
		name: "2-noon", skyTop: rgb(0x3F8FD2), skyBottom: rgb(0xCDE8F6),
		sun: [2]float64{0.62, 0.14}, sunColor: rgb(0xFFFCEB), sunRadius: 0.045, glow: 0.40,
		farHill: rgb(0x9DBFCB), nearHill: rgb(0x2F6B46), lakeTop: rgb(0xA5CDE0), lakeFloor: rgb(0x2E6E93),
	},
	{
		name: "3-night", skyTop: rgb(0x070D20), skyBottom: rgb(0x2E3F6B),
		sun: [2]float64{0.76, 0.20}, sunColor: rgb(0xF1F3E4), sunRadius: 0.040, glow: 0.35,
		farHill: rgb(0x2B3A60), nearHill: rgb(0x060B17), lakeTop: rgb(0x27365D), lakeFloor: rgb(0x0A1226),
		stars: 70,
	},
}

func rgb(v uint32) color.RGBA { return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xFF} }

const (
	slideWidth, slideHeight = 960, 540

	over   = 2    // samples a pixel each way, which smooths edges
	shore  = 0.74 // where the lake starts, from 0 (top) to 1
	ridges = 5    // rows of hills, the farthest first; the last is the bank on this side
)

// A canvas is a scene with the heights of its hills worked out.
type canvas struct {
	*scene
	tops [slideWidth * over][ridges]float64
}

// draw paints the scene.
func (s *scene) draw() *image.RGBA {
	c := &canvas{scene: s}
	for i := range c.tops {
		for k := range ridges {
			c.tops[i][k] = ridge(k, (float64(i)+0.5)/float64(len(c.tops)))
		}
	}
	img := image.NewRGBA(image.Rect(0, 0, slideWidth, slideHeight))
	for y := range slideHeight {
		for x := range slideWidth {
			var r, g, b int
			for sub := range over * over {
				p := c.at(x*over+sub%over, (float64(y*over+sub/over)+0.5)/(slideHeight*over))
				r, g, b = r+int(p.R), g+int(p.G), b+int(p.B)
			}
			img.SetRGBA(x, y, color.RGBA{uint8(r / over / over), uint8(g / over / over), uint8(b / over / over), 0xFF})
		}
	}
	c.paintStars(img)
	return img
}

// ridge returns the height of a row of hills at x.
func ridge(i int, x float64) float64 {
	k := float64(i)
	if i == ridges-1 {
		return 0.93 - 0.05*math.Sin(2.1*x+0.6) + 0.012*math.Sin(13*x+1)
	}
	rough := 0.085 - 0.013*k
	return 0.50 + 0.065*k - rough*(math.Sin((6.2+1.8*k)*x+1.7*k*k+0.8)+0.35*math.Sin((9.5+2.3*k)*x+2.9*k)+0.08*math.Sin(41*x+5*k))
}

// at returns the colour of a sample of column i and height y.
func (c *canvas) at(i int, y float64) color.RGBA {
	if y <= shore || y >= c.tops[i][ridges-1] {
		return c.land(i, y)
	}
	// The water shows the land upside down, and stirred.
	depth := (y - shore) / (1 - shore)
	wave := 0.006 * depth * math.Sin(140*math.Sqrt(depth+0.02)+3*math.Sin(7*float64(i)/float64(len(c.tops))))
	i = min(max(0, i+int(wave*float64(len(c.tops)))), len(c.tops)-1)
	mirrored := c.land(i, shore-(y-shore)*1.9)
	return mix(mirrored, mix(c.lakeTop, c.lakeFloor, depth), 0.35+0.4*depth)
}

// land returns the colour without the lake.
func (c *canvas) land(i int, y float64) color.RGBA {
	for k := ridges - 1; k >= 0; k-- {
		if top := c.tops[i][k]; y >= top {
			near := float64(k) / (ridges - 1)
			hill := mix(c.farHill, c.nearHill, math.Pow(near, 1.3))
			return mix(hill, c.skyBottom, 0.28*min(1, (y-top)*5)*(1-near)) // mist in the valley
		}
	}
	return c.sky(i, y)
}

// sky returns the colour of the sky with the sun or moon and its glow.
func (c *canvas) sky(i int, y float64) color.RGBA {
	sky := mix(c.skyTop, c.skyBottom, math.Pow(min(1, y/0.6), 1.2))
	x := float64(i) / float64(len(c.tops))
	d := math.Hypot((x-c.sun[0])*slideWidth/slideHeight, y-c.sun[1])
	if d < c.sunRadius {
		return c.sunColor
	}
	return mix(sky, c.sunColor, 0.62*math.Exp((c.sunRadius-d)/c.glow*4))
}

// paintStars paints stars into the sky, but not close to the moon.
func (c *canvas) paintStars(img *image.RGBA) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range c.stars {
		x, y, light := rnd.IntN(slideWidth), rnd.IntN(slideHeight/2), 0.2+0.7*rnd.Float64()
		fx, fy := float64(x)/slideWidth, float64(y)/slideHeight
		if fy > c.tops[x*over][0] || math.Hypot(fx-c.sun[0], fy-c.sun[1]) < 3*c.sunRadius {
			continue
		}
		blend(img, x, y, c.sunColor, light)
		blend(img, x+1, y, c.sunColor, light*light/2)
		blend(img, x, y+1, c.sunColor, light*light/2)
	}
}

// TestBuiltInSlides holds the embedded pictures to the code that draws them.
func TestBuiltInSlides(t *testing.T) {
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			var drawn bytes.Buffer
			if err := jpeg.Encode(&drawn, s.draw(), &jpeg.Options{Quality: 78}); err != nil {
				t.Fatal(err)
			}
			name := "slides/" + s.name + ".jpg"
			if *update {
				if err := os.WriteFile(filepath.FromSlash(name), drawn.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			kept, err := fs.ReadFile(builtIn, name)
			if err != nil {
				t.Fatal(err)
			}
			// Some processors round a*b+c once and others twice.
			if diff := meanDifference(t, decode(t, drawn.Bytes()), decode(t, kept)); diff > 0.5 {
				t.Errorf("the mean difference between drawn and kept is %.2f; run go generate and look", diff)
			}
			if len(kept) > 32<<10 {
				t.Errorf("%d bytes are too many to carry in the program", len(kept))
			}
		})
	}
}
