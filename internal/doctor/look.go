package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/hubclient"
	"camhub/internal/portable"
	"camhub/internal/redact"
)

// maxEvents is how many events are looked at, the newest.
const maxEvents = 1000

// Data is what a hub that does not run has stored.
type Data struct {
	State  *portable.State
	Users  int
	Shut   []string      // the users without a password, who can't sign in
	Events []event.Event // the newest, newest first
	Locked []string      // the cameras with secrets that no key opens
	Key    string        // says so of the key

	WrongKey error // CAMHUB_KEY opens none of the secrets that there are
}

// exam is what is known before the checks judge it.
type exam struct {
	Config
	database string // its path
	missing  bool   // there is none yet
	running  bool   // another process has it
	warning  string
	damage   error

	data    *Data // of a hub that does not run; nil if that can't be read
	dataErr error

	hub     *hubAnswers // nil when none answers
	hubErr  error
	secrets *strings.Replacer // what is known to be one
}

// hubAnswers is what a running hub has told.
type hubAnswers struct {
	Mode    string // see auth.Mode; "" without
	Status  json.RawMessage
	State   *portable.State
	Cameras []cameraAnswer
	Storage storageAnswer
	Events  []json.RawMessage

	version string
	started time.Time
	uptime  time.Duration
	told    time.Time // when it told these two
}

// cameraAnswer is what a hub tells of a camera.
type cameraAnswer struct {
	ID     camera.ID       `json:"id"`
	Name   string          `json:"name"`
	Source camera.Source   `json:"source"`
	Status json.RawMessage `json:"status"`
}

// storageAnswer is what a hub tells of its recordings.
type storageAnswer struct {
	Used     int64    `json:"used"`
	Budget   int64    `json:"budget"`
	Days     *float64 `json:"days"`
	Warnings []struct {
		Message string    `json:"message"`
		Camera  camera.ID `json:"camera"`
	} `json:"warnings"`
}

// look finds out all that the checks share.
func look(ctx context.Context, c Config) *exam {
	e := &exam{Config: c, database: filepath.Join(c.DataDir, "camhub.db"), secrets: strings.NewReplacer()}
	if _, err := os.Stat(e.database); errors.Is(err, fs.ErrNotExist) {
		e.missing = true
	} else {
		e.warning, e.damage = c.Verify(e.database)
		e.running = c.InUse(e.damage)
		if e.running {
			e.damage = nil
		}
	}
	if e.running || c.Asked {
		e.hub, e.hubErr = ask(ctx, c)
	} else if !e.missing && e.damage == nil {
		if e.data, e.dataErr = c.Open(ctx); e.data != nil {
			e.secrets = secretsOf(e.data.State)
		}
	}
	return e
}

// ask asks the hub for everything that is looked at.
func ask(ctx context.Context, c Config) (*hubAnswers, error) {
	a := &hubAnswers{}
	var session struct{ Mode string }
	if err := c.Hub.Get(ctx, "/api/v1/session", &session); err != nil {
		return nil, err
	}
	a.Mode = session.Mode
	if err := c.Hub.Get(ctx, "/api/v1/status", &a.Status); err != nil {
		return nil, err
	}
	a.told = time.Now()
	var status struct {
		Version   string    `json:"version"`
		StartedAt time.Time `json:"started_at"`
		UptimeS   int64     `json:"uptime_s"`
	}
	if err := json.Unmarshal(a.Status, &status); err != nil {
		return nil, err
	}
	a.version, a.started, a.uptime = status.Version, status.StartedAt, time.Duration(status.UptimeS)*time.Second
	var err error
	if a.State, err = (portable.Online{Client: c.Hub, Kinds: c.Kinds}).State(ctx); err != nil {
		return nil, err
	}
	var cameras struct{ Cameras []cameraAnswer }
	if err := c.Hub.Get(ctx, "/api/v1/cameras", &cameras); err != nil {
		return nil, err
	}
	a.Cameras = cameras.Cameras
	if err := c.Hub.Get(ctx, "/api/v1/storage", &a.Storage); err != nil {
		return nil, err
	}
	a.Events, err = askEvents(ctx, c.Hub)
	return a, err
}

// askEvents asks for the newest events, page by page.
func askEvents(ctx context.Context, hub *hubclient.Client) (events []json.RawMessage, err error) {
	path := "/api/v1/events?limit=500"
	for len(events) < maxEvents {
		var page struct {
			Events []json.RawMessage
			Cursor *string
		}
		if err := hub.Get(ctx, path, &page); err != nil {
			return nil, err
		}
		events = append(events, page.Events...)
		if page.Cursor == nil {
			break
		}
		path = "/api/v1/events?limit=500&cursor=" + *page.Cursor
	}
	return events[:min(len(events), maxEvents)], nil
}

// cameras returns what is defined, as far as that is known.
func (e *exam) cameras() []camera.Definition {
	switch {
	case e.hub != nil:
		return e.hub.State.Cameras
	case e.data != nil:
		return e.data.State.Cameras
	}
	return nil
}

// leastSecret is the length of a secret that is taken out of texts: a shorter one is
// part of every other word.
const leastSecret = 4

// secretsOf returns what takes the passwords and headers of cameras out of texts.
func secretsOf(s *portable.State) *strings.Replacer {
	var pairs []string
	for i := range s.Cameras {
		var o struct {
			Password any
			Headers  map[string]any
		}
		if json.Unmarshal(s.Cameras[i].Source.Options, &o) != nil {
			continue
		}
		for _, v := range append(slices.Collect(maps.Values(o.Headers)), o.Password) {
			if text, ok := v.(string); ok && len(text) >= leastSecret { // else it is sealed, or of no use
				pairs = append(pairs, text, redact.Hidden)
			}
		}
	}
	return strings.NewReplacer(pairs...)
}
