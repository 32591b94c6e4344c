package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/hub"
	"camhub/internal/route"
	"camhub/internal/strict"
)

// Limits of what a client of the wall may ask for.
const (
	maxTiles       = 256
	maxTileWidth   = 7680
	minRate        = 0.1
	maxRate        = 60
	maxWallMessage = 64 << 10 // bytes
	maxCloseReason = 123      // bytes, RFC 6455 section 5.5
)

// wish is one tile that a client wants to see.
type wish struct {
	Tile   int       `json:"tile"`
	Camera camera.ID `json:"camera"`
	Width  int       `json:"width"` // in pixels of its screen
	FPS    float64   `json:"fps"`   // at most
}

// refusal says why a client does not get a tile, or what else was wrong with
// it. tile is negative when the message did not say which it is.
type refusal struct {
	tile int
	err  error
}

// request is a message of a client: a list of tiles, credit, or about recordings.
type request struct {
	isTiles  bool
	wishes   []wish
	refusals []refusal // what was wrong with some of the tiles

	credits []credit
	play    *playRequest // nil when it is about something else
}

// parseRequest reads a text message. An error means that the client does not
// speak the protocol; a list of which only some tiles are wrong is no error.
func parseRequest(b []byte) (request, error) {
	if credits, ok := quickCredit(b); ok {
		return request{credits: credits}, nil
	}
	var kind struct {
		Op string `json:"op"`
	}
	if err := json.Unmarshal(b, &kind); err != nil {
		return request{}, fmt.Errorf("not JSON with an op: %w", err)
	}
	switch kind.Op {
	case "tiles":
		var in struct {
			Op    string            `json:"op"`
			Tiles []json.RawMessage `json:"tiles"`
		}
		if errs := strict.Object(b, &in, ""); errs != nil {
			return request{}, inWords(errs)
		}
		if in.Tiles == nil {
			return request{}, errors.New("/tiles is required")
		}
		r := request{isTiles: true}
		r.addTiles(in.Tiles)
		return r, nil
	case "got":
		return parseCredit(b)
	default:
		if _, ok := playFields[playOp(kind.Op)]; ok {
			return parsePlayRequest(b)
		}
		return request{}, fmt.Errorf("/op must be tiles, got, or one of recordings, not %.40q", kind.Op)
	}
}

// addTiles sorts the tiles of a list into good and bad ones.
func (r *request) addTiles(tiles []json.RawMessage) {
	seen := make(map[int]bool)
	for i, raw := range tiles {
		at := fmt.Sprintf("/tiles/%d", i)
		w := wish{Tile: -1}
		errs := strict.Object(raw, &w, at)
		if errs == nil {
			errs = w.check(at)
		}
		switch {
		case errs == nil && seen[w.Tile]:
			errs = multierror.Append(errs, fault.Fieldf(at+"/tile", "stands in the list twice"))
		case errs == nil && len(r.wishes) == maxTiles:
			errs = multierror.Append(errs, fault.Fieldf("/tiles", "may hold up to %d tiles", maxTiles))
		}
		if errs != nil {
			r.refusals = append(r.refusals, refusal{w.Tile, fault.InvalidFields("The tile is not valid.", errs)})
			continue
		}
		seen[w.Tile] = true
		r.wishes = append(r.wishes, w)
	}
}

// check returns all that is wrong with the values of w. A tile number that can't
// be sent becomes -1.
func (w *wish) check(at string) *multierror.Error {
	var errs *multierror.Error
	if w.Tile < 0 || w.Tile > math.MaxUint16 {
		errs = multierror.Append(errs, fault.Fieldf(at+"/tile", "must be 0 to %d", math.MaxUint16))
		w.Tile = -1
	}
	if w.Camera == "" {
		errs = multierror.Append(errs, fault.Fieldf(at+"/camera", "is required"))
	}
	if w.Width < 1 || w.Width > maxTileWidth {
		errs = multierror.Append(errs, fault.Fieldf(at+"/width", "must be 1 to %d pixels", maxTileWidth))
	}
	if !(w.FPS >= minRate && w.FPS <= maxRate) { // so that NaN is wrong too
		errs = multierror.Append(errs, fault.Fieldf(at+"/fps", "must be %v to %v", minRate, maxRate))
	}
	return errs
}

// inWords writes all faults in one line.
func inWords(errs *multierror.Error) error {
	var texts []string
	for _, f := range fault.Fields(errs) {
		texts = append(texts, f.Error())
	}
	return errors.New(strings.Join(texts, "; "))
}

// errorMessage tells a client of a tile that it does not get.
func errorMessage(ctx context.Context, r refusal) ([]byte, error) {
	m := struct {
		Op      string          `json:"op"`
		Tile    *int            `json:"tile,omitempty"`
		Problem json.RawMessage `json:"problem"`
	}{Op: "error", Problem: route.Problem(ctx, r.err)}
	if r.tile >= 0 && r.tile <= math.MaxUint16 {
		m.Tile = &r.tile
	}
	return json.Marshal(m)
}

// statusMessage tells a client how a camera of its tiles is doing.
func statusMessage(id camera.ID, st hub.Status) ([]byte, error) {
	return json.Marshal(struct {
		Op     string     `json:"op"`
		Camera camera.ID  `json:"camera"`
		Status hub.Status `json:"status"`
	}{"status", id, st})
}

// closeReason cuts a text to what a close frame holds, at a character's edge.
func closeReason(text string) string {
	if len(text) <= maxCloseReason {
		return text
	}
	return strings.ToValidUTF8(text[:maxCloseReason], "")
}
