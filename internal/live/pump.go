package live

import "sync"

// pump sends pictures to viewers that take them at once, one after the other
// and without ever waiting. To wake a goroutine for each viewer and picture
// would cost a third of what the kernel takes for the picture itself.
//
// The server has a pump for each processor.
type pump struct {
	wake chan struct{} // capacity 1
	stop chan struct{}

	mu    sync.Mutex       // guards what follows; taken after a stream's locks
	lent  map[*viewer]bool // the viewers that the pump sends to; true: in the queue
	queue []*viewer
}

func newPump() *pump {
	return &pump{wake: make(chan struct{}, 1), stop: make(chan struct{}), lent: make(map[*viewer]bool)}
}

// run sends until stop is closed.
func (p *pump) run() {
	var work []*viewer
	for {
		select {
		case <-p.wake:
		case <-p.stop:
			return
		}
		p.mu.Lock()
		work, p.queue = p.queue, work[:0]
		p.mu.Unlock()
		for i, v := range work {
			if p.take(v) && !v.sendAtOnce() {
				p.giveBack(v)
			}
			work[i] = nil // let it go
		}
	}
}

// take marks a viewer as no longer queued. It returns false when the pump has
// given it back since.
func (p *pump) take(v *viewer) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.lent[v]; !ok {
		return false
	}
	p.lent[v] = false
	return true
}

// add queues a viewer that has something to send. One that the pump does not
// have is left to its goroutine, which looks for itself. It never blocks.
func (p *pump) add(v *viewer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.enqueue(v)
}

// enqueue is called with mu held.
func (p *pump) enqueue(v *viewer) {
	queued, ok := p.lent[v]
	if !ok || queued {
		return
	}
	p.lent[v] = true
	p.queue = append(p.queue, v)
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// release hands a viewer from its goroutine to the pump, which looks at once
// for what has come in between.
func (p *pump) release(v *viewer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lent[v] = false
	p.enqueue(v)
}

// giveBack hands a viewer back to its goroutine.
func (p *pump) giveBack(v *viewer) {
	p.mu.Lock()
	delete(p.lent, v)
	p.mu.Unlock()
	v.goOn()
}

// sendAtOnce sends what is queued. It returns false when the kernel does not
// take it at once, or the viewer or its stream has come to an end.
func (v *viewer) sendAtOnce() bool {
	for {
		p, err := v.reader.TryNext()
		if err != nil {
			return false
		}
		if p == nil {
			return true
		}
		v.load(p)
		if !v.try.write(&v.buffers) {
			return false
		}
	}
}
