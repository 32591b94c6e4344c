package live

import (
	"fmt"
	"net/url"
	"strconv"

	"camhub/internal/rendition"
)

// What may be asked of a smaller or slower copy.
const (
	minWidth, maxWidth = 16, 7680
	minFPS, maxFPS     = 0.1, 60
)

// parseSpec reads width and fps. What is not given is not asked for.
func parseSpec(query url.Values) (spec rendition.Spec, err error) {
	if spec.Width, err = parseWidth(query); err != nil {
		return spec, err
	}
	if !query.Has("fps") {
		return spec, nil
	}
	spec.FPS, err = strconv.ParseFloat(query.Get("fps"), 64)
	if err != nil || !(spec.FPS >= minFPS && spec.FPS <= maxFPS) {
		return spec, badParameter("fps", fmt.Sprintf("must be a number from %v to %v", minFPS, maxFPS))
	}
	return spec, nil
}

// parseWidth reads width, in pixels; 0 when it is not given.
func parseWidth(query url.Values) (int, error) {
	if !query.Has("width") {
		return 0, nil
	}
	width, err := strconv.Atoi(query.Get("width"))
	if err != nil || width < minWidth || width > maxWidth {
		return 0, badParameter("width", fmt.Sprintf("must be a whole number from %d to %d", minWidth, maxWidth))
	}
	return width, nil
}
