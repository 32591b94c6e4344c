package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"camhub/internal/doctor"
	"camhub/internal/event"
	"camhub/internal/portable"
	"camhub/store"
)

// Doctor says where to look for what is wrong.
type Doctor struct {
	Place
	Listen  string // the address that the hub is meant to serve on
	Bundle  string // a file for whoever helps; "" for none
	JSON    bool   // the page is for programs
	Version string
}

// Run looks at a hub and its machine, and writes the page to stdout. It returns whether
// nothing failed.
func (d Doctor) Run(ctx context.Context, stdout io.Writer) (healthy bool, err error) {
	c := doctor.Config{
		DataDir: d.DataDir, Listen: d.Listen, Asked: d.URL != "", Kinds: kinds, Version: d.Version,
		Verify: store.Verify, InUse: store.IsInUse, Open: d.open,
	}
	if d.URL == "" {
		d.URL = urlOf(d.Listen)
	}
	if c.Hub, err = reach(ctx, d.URL, d.Token); c.Hub == nil {
		return false, err // the examination says why it does not answer
	}
	r := doctor.Examine(ctx, c)
	if d.Bundle != "" {
		b, err := r.Bundle(c)
		if err != nil {
			return false, err
		}
		if err := writeOut(d.Bundle, b, stdout); err != nil {
			return false, err
		}
	}
	if d.JSON {
		return r.Healthy, r.WriteJSON(stdout)
	}
	err = r.WriteText(stdout)
	if err == nil && d.Bundle != "" && d.Bundle != "-" {
		_, err = fmt.Fprintf(stdout, "%s is for whoever helps: look into it before you give it away\n", d.Bundle)
	}
	return r.Healthy, err
}

// urlOf returns where a hub answers this machine that listens at an address, host:port
// or unix: and a path.
func urlOf(listen string) string {
	if strings.HasPrefix(listen, "unix:") {
		return listen
	}
	host, port, err := net.SplitHostPort(listen)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		listen = net.JoinHostPort("127.0.0.1", port)
	}
	return "http://" + listen
}

// bundledEvents is how many events a doctor sees, the newest.
const bundledEvents = 1000

// open reads what a hub that does not run has stored.
func (d Doctor) open(ctx context.Context) (*doctor.Data, error) {
	db, err := d.look()
	if err != nil {
		return nil, err
	}
	defer db.Close() // what it could not write says the database check of the next start
	out := &doctor.Data{Key: opensNot(db.keys.Ring)}
	db.look(nil) // to see what is sealed
	if err := db.wantRightKey(db.keys.Env); errors.Is(err, errWrongKey) {
		out.WrongKey = err
	} else if err != nil {
		return nil, err
	}
	db.look(db.keys.Ring)
	if out.Locked, err = db.locked(); err != nil {
		return nil, err
	}
	if out.State, err = (portable.Offline{Store: db.Store}).State(ctx); err != nil {
		return nil, err
	}
	users, err := db.Access()
	if err != nil {
		return nil, err
	}
	out.Users, out.Shut = len(users.Users), users.Shut()
	out.Events, err = db.Events(event.Query{}, bundledEvents)
	return out, err
}
