package simulator

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
)

// A picture is 8 by 6 squares. Its upper half shows the number in decimal for
// people; the lower half is 24 squares, light for 1 and dark for 0, the highest
// bit first.
const (
	columns  = 8
	rows     = 6
	bits     = columns * rows / 2
	digits   = 6
	quality  = 60
	maxFrame = 1<<bits - 1
)

var (
	background = color.RGBA{32, 64, 96, 255}
	light      = color.RGBA{224, 216, 200, 255}
	dark       = color.RGBA{24, 24, 40, 255}
)

// glyphs are the digits, 3 dots wide and 5 high, one row in three bits.
var glyphs = [10][5]byte{
	{7, 5, 5, 5, 7}, {2, 6, 2, 2, 7}, {7, 1, 7, 4, 7}, {7, 1, 3, 1, 7}, {5, 5, 7, 1, 1},
	{7, 4, 7, 1, 7}, {7, 4, 7, 5, 7}, {7, 1, 2, 2, 2}, {7, 5, 7, 5, 7}, {7, 5, 7, 1, 7},
}

// encode draws picture n at a size whose sides are multiples of 8 and 6, and
// returns it as a baseline JPEG with 4:2:0 subsampling and standard tables.
func encode(n int, size image.Point) []byte {
	img := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(img, img.Rect, image.NewUniform(background), image.Point{}, draw.Src)
	drawDecimal(img, n)
	for i := range bits {
		c := dark
		if n>>(bits-1-i)&1 == 1 {
			c = light
		}
		draw.Draw(img, square(size, i), image.NewUniform(c), image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		panic(fmt.Sprintf("simulator: encode %v: %v", size, err)) // a Buffer takes everything
	}
	return b.Bytes()
}

// drawDecimal writes the last digits of n over the upper half.
func drawDecimal(img *image.RGBA, n int) {
	dot := image.Pt(img.Rect.Dx()/(4*digits), img.Rect.Dy()/2/6)
	for i, ch := range fmt.Sprintf("%0*d", digits, n%1_000_000) {
		for y, row := range glyphs[ch-'0'] {
			for x := range 3 {
				if row>>(2-x)&1 == 1 {
					at := image.Pt((4*i+x)*dot.X+dot.X/2, y*dot.Y+dot.Y/2)
					draw.Draw(img, image.Rectangle{at, at.Add(dot)}, image.NewUniform(light), image.Point{}, draw.Src)
				}
			}
		}
	}
}

// square returns where bit i stands.
func square(size image.Point, i int) image.Rectangle {
	w, h := size.X/columns, size.Y/rows
	at := image.Pt(i%columns*w, size.Y/2+i/columns*h)
	return image.Rect(at.X, at.Y, at.X+w, at.Y+h)
}

// squares returns the number that the lower half shows.
func squares(img image.Image) (n int, err error) {
	size := img.Bounds().Size()
	for i := range bits {
		r := square(size, i).Add(img.Bounds().Min)
		switch y := color.GrayModel.Convert(img.At((r.Min.X+r.Max.X)/2, (r.Min.Y+r.Max.Y)/2)).(color.Gray).Y; {
		case y > 170:
			n |= 1 << (bits - 1 - i)
		case y > 85:
			return 0, fmt.Errorf("square %d of the picture has brightness %d, neither light nor dark", i, y)
		}
	}
	return n, nil
}

// Read decodes a picture of the simulator and returns the name of the camera
// that sent it, and its number. The error says that it is damaged or no picture
// of the simulator, or that what it shows is not the number in its comment.
func Read(picture []byte) (camera string, number int, err error) {
	img, err := jpeg.Decode(bytes.NewReader(picture))
	if err != nil {
		return "", 0, fmt.Errorf("decode a picture of the simulator: %w", err)
	}
	body, ok := findComment(picture)
	if !ok {
		return "", 0, errors.New("the picture holds no comment of the simulator")
	}
	if _, err := fmt.Sscanf(body, commentFormat, &camera, &number); err != nil {
		return "", 0, fmt.Errorf("the picture's comment %q: %w", body, err)
	}
	shown, err := squares(img)
	if err != nil {
		return "", 0, err
	}
	if shown != number&maxFrame && shown != still {
		return "", 0, fmt.Errorf("the picture shows number %d, and its comment says %d", shown, number)
	}
	return camera, number, nil
}
