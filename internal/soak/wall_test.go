//go:build linux

package soak

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"time"

	"github.com/coder/websocket"
)

const wallHeader = 24 // bytes before a picture

// watchWall opens the wall's socket with some tiles, and answers pictures as a page
// does, or takes them and answers nothing.
func (c *client) watchWall(ctx context.Context, rng *rand.Rand) error {
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond+upTo(rng, 6*time.Second))
	defer cancel()
	ws, _, err := websocket.Dial(ctx, c.url+"/api/v1/wall", &websocket.DialOptions{
		HTTPClient: c.http, Subprotocols: []string{"camhub.wall.v1"},
	})
	if err != nil {
		return err
	}
	defer ws.CloseNow()
	ws.SetReadLimit(maxAnswer)
	c.add(wallViews, 1)
	silent := rng.IntN(4) == 0
	if err := askTiles(ctx, ws, rng); err != nil {
		return err
	}
	for n := 1; ; n++ {
		kind, b, err := ws.Read(ctx)
		if err != nil {
			return nil // the time is up, or the hub's
		}
		if kind != websocket.MessageBinary || len(b) < wallHeader {
			continue
		}
		c.add(wallImages, 1)
		if silent {
			continue
		}
		credit, err := json.Marshal(object{"op": "got", "tile": binary.BigEndian.Uint16(b[2:]), "seq": binary.BigEndian.Uint32(b[4:])})
		if err != nil {
			return err
		}
		if err := ws.Write(ctx, websocket.MessageText, credit); err != nil {
			return nil
		}
		if n%50 == 0 { // somebody scrolls
			if err := askTiles(ctx, ws, rng); err != nil {
				return nil
			}
		}
	}
}

// askTiles asks for a number of tiles of any cameras.
func askTiles(ctx context.Context, ws *websocket.Conn, rng *rand.Rand) error {
	tiles := make([]object, 1+rng.IntN(16))
	for i := range tiles {
		tiles[i] = object{"tile": i, "camera": anyCamera(rng), "width": pick(rng, 40, 160, 640), "fps": pick(rng, 1, 10, 60)}
	}
	list, err := json.Marshal(object{"op": "tiles", "tiles": tiles})
	if err != nil {
		return err
	}
	return ws.Write(ctx, websocket.MessageText, list)
}
