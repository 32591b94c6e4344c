//go:build linux

package feedbench

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// wallClient is one page: it has a tile for each camera, and gives credit back
// as soon as a picture is there.
type wallClient struct {
	ws *websocket.Conn

	mu      sync.Mutex // guards what follows
	report  report
	last    []stamp // by tile
	samples []int32
}

// runWall opens a wall of r.Count tiles, of the cameras wall-0 and on, says
// "ready" when each has a picture, and then answers as viewers do.
func runWall(r role) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ws, _, err := websocket.Dial(ctx, "ws://"+r.Host+"/api/v1/wall", &websocket.DialOptions{Subprotocols: []string{"camhub.wall.v1"}})
	if err != nil {
		return err
	}
	defer ws.CloseNow()
	ws.SetReadLimit(maxPicture)
	tiles := make([]object, r.Count)
	for i := range tiles {
		tiles[i] = object{"tile": i, "camera": fmt.Sprint("wall-", i), "width": r.Width, "fps": 60}
	}
	list, err := json.Marshal(object{"op": "tiles", "tiles": tiles})
	if err != nil {
		return err
	}
	if err := ws.Write(ctx, websocket.MessageText, list); err != nil {
		return err
	}
	w := &wallClient{ws: ws, last: make([]stamp, r.Count)}
	w.report.Viewers = make([]viewerReport, r.Count)
	failed := make(chan error, 1)
	go func() { failed <- w.read(ctx) }()
	for !w.ready() {
		select {
		case err := <-failed:
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
	if err := announce("ready"); err != nil {
		return err
	}
	commands := make(chan string)
	go readCommands(commands)
	for {
		select {
		case err := <-failed:
			return err
		case c, ok := <-commands:
			if !ok {
				return nil
			}
			if err := w.answer(c); err != nil {
				return err
			}
		}
	}
}

func (w *wallClient) ready() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !slices.ContainsFunc(w.last, func(s stamp) bool { return s.Epoch == 0 })
}

// read takes messages and gives credit back.
func (w *wallClient) read(ctx context.Context) error {
	for {
		kind, b, err := w.ws.Read(ctx)
		if err != nil {
			return err
		}
		if kind == websocket.MessageText {
			continue
		}
		const head = 24
		if len(b) < head+stampEnd {
			return errors.New("message without a picture")
		}
		tile, seq := binary.BigEndian.Uint16(b[2:]), binary.BigEndian.Uint32(b[4:])
		s, err := readStamp(b[head:])
		if err != nil {
			return err
		}
		w.note(int(tile), s, len(b))
		got := fmt.Appendf(nil, `{"op":"got","tile":%d,"seq":%d}`, tile, seq)
		if err := w.ws.Write(ctx, websocket.MessageText, got); err != nil {
			return err
		}
	}
}

func (w *wallClient) note(tile int, s stamp, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := &w.report.Viewers[tile]
	if before := w.last[tile]; before.Epoch == s.Epoch {
		v.Lost += int(s.Seq - before.Seq - 1)
	}
	w.last[tile] = s
	v.Received++
	v.Bytes += int64(n)
	w.samples = append(w.samples, int32((monotonic()-s.Sent)/1000))
}

func (w *wallClient) answer(command string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch command {
	case "mark":
		clear(w.report.Viewers)
		w.samples = w.samples[:0]
		return announce("marked")
	case "report":
		r := w.report
		r.Open = len(r.Viewers)
		for _, v := range r.Viewers {
			r.Received += v.Received
			r.Lost += v.Lost
		}
		slices.Sort(w.samples)
		r.Latency = quantilesOf(w.samples)
		return announce(r)
	}
	return fmt.Errorf("unknown command %q", command)
}
