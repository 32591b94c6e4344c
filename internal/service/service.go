// Package service tells the service manager (systemd) how the hub is doing: when it is
// ready, what it does, that it stops, and again and again that it is alive. Without a
// service manager it does nothing.
//
// The protocol is that of sd_notify(3) and sd_watchdog_enabled(3).
package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// retryEvery is how often a hub is looked at that is not ready, when the manager does
// not say how often it wants to hear.
const retryEvery = 5 * time.Second

// Manager is the service manager, as this process knows it. Use New. It is for one
// caller of Run.
type Manager struct {
	interval time.Duration // in which it wants to hear that the hub is alive, or 0
	log      *slog.Logger
	failing  bool
}

// New reads from the environment (NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID) who
// the manager is.
func New(log *slog.Logger) (*Manager, error) {
	interval, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		return nil, fmt.Errorf("watchdog of the service manager: %w", err)
	}
	return &Manager{interval: interval, log: log}, nil
}

// Run tells the manager that the hub is ready, when alive says so for the first
// time, and that it is alive, as long as alive says so, twice in the time that the
// manager gives. When ctx ends it tells that the hub stops.
//
// alive must not return before it has seen that the hub does its work. While it
// does not return, or returns an error, the manager is told nothing, and
// will end the hub. Run waits for it.
func (m *Manager) Run(ctx context.Context, status string, alive func(context.Context) error) {
	answer := make(chan error, 1) // of the check that runs
	running := false
	check := func() {
		if !running {
			running = true
			go func() { answer <- alive(ctx) }()
		}
	}
	if os.Getenv("NOTIFY_SOCKET") == "" {
		<-ctx.Done() // there is nobody to tell
		return
	}
	tick := time.NewTicker(cmp.Or(m.interval/2, retryEvery))
	defer tick.Stop()
	message := daemon.SdNotifyReady + "\nSTATUS=" + status
	check()
	for {
		select {
		case <-ctx.Done():
			m.tell(daemon.SdNotifyStopping + "\nSTATUS=stopping")
			if running {
				<-answer
			}
			return
		case <-tick.C:
			if running {
				m.failed(errors.New("the last check has not come to an end"))
			}
			check()
		case err := <-answer:
			running = false
			if ctx.Err() != nil {
				continue
			}
			if err != nil {
				m.failed(err)
				continue
			}
			m.failing = false
			m.tell(message)
			if message = daemon.SdNotifyWatchdog; m.interval == 0 {
				tick.Stop() // nobody wants to know more
			}
		}
	}
}

// failed says once why the manager hears nothing.
func (m *Manager) failed(err error) {
	if !m.failing {
		m.failing = true
		m.log.Error("the hub does not do its work", "err", err)
		m.tell("STATUS=not alive: " + err.Error())
	}
}

func (m *Manager) tell(state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		m.log.Warn("the service manager can't be told", "err", err)
	}
}
