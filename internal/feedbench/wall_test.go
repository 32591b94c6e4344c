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
// for all that came within a moment, or as soon as a picture is there.
type wallClient struct {
	ws     *websocket.Conn
	frame  time.Duration  // 0: there are no frames
	credit chan [2]uint32 // tiles and numbers of pictures that are there

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
	w := &wallClient{ws: ws, frame: r.Frame, credit: make(chan [2]uint32, 2*r.Count), last: make([]stamp, r.Count)}
	w.report.Viewers = make([]viewerReport, r.Count)
	failed := make(chan error, 2)
	go func() { failed <- w.read(ctx) }()
	go func() { failed <- w.giveBack(ctx) }()
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
		w.credit <- [2]uint32{uint32(tile), seq} // there is room for all credit that there is
	}
}

// giveBack sends credit: a message for each picture, or one with each moment in
// which something came.
func (w *wallClient) giveBack(ctx context.Context) error {
	for {
		first := <-w.credit
		if w.frame == 0 {
			got := fmt.Appendf(nil, `{"op":"got","tile":%d,"seq":%d}`, first[0], first[1])
			if err := w.ws.Write(ctx, websocket.MessageText, got); err != nil {
				return err
			}
			continue
		}
		sleepUntil((monotonic()/int64(w.frame) + 1) * int64(w.frame))
		got := fmt.Appendf(nil, `{"op":"got","pictures":[[%d,%d]`, first[0], first[1])
		for range len(w.credit) {
			next := <-w.credit
			got = fmt.Appendf(got, `,[%d,%d]`, next[0], next[1])
		}
		if err := w.ws.Write(ctx, websocket.MessageText, append(got, "]}"...)); err != nil {
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
