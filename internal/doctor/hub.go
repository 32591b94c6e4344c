package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"camhub/internal/camera"
	"camhub/internal/hubclient"
	"camhub/internal/retention"
)

// checkHub looks whether the hub answers.
func checkHub(_ context.Context, e *exam) []Finding {
	refused, isRefusal := errors.AsType[*hubclient.Error](e.hubErr)
	switch {
	case e.hub != nil:
		return ok("answers at %s, since %v", e.Hub.Address(), e.hub.uptime)
	case !e.running && !e.Asked:
		return ok("does not run")
	case isRefusal && refused.Status == http.StatusServiceUnavailable:
		return warn("open the link that it printed when it started, or stop it and run camhub user add", "it runs and has no owner yet")
	case isRefusal && (refused.Status == http.StatusUnauthorized || refused.Status == http.StatusForbidden):
		return warn("give an API token of an admin in CAMHUB_TOKEN (made on the page /account); without one the cameras are not looked at", "answers at %s, and tells nothing without a login", e.Hub.Address())
	case e.running && !isRefusal:
		return fail("give its address with --url; when it is right, see the log of the hub", "uses the data folder, and does not answer: %v", e.hubErr)
	}
	return fail("start it, or give its address with --url", "does not answer: %v", e.hubErr)
}

// checkAccess looks who may use the hub.
func checkAccess(_ context.Context, e *exam) []Finding {
	beyond := e.Listen != "" && !isLoopback(e.Listen)
	switch {
	case e.hub != nil && e.hub.Mode == "insecure":
		return fail("add a user (camhub user add), and start the hub without --insecure-no-auth", "everybody who reaches the hub may see and change everything")
	case e.hub != nil && e.hub.Mode == "open":
		return ok("the hub has no users, and answers this machine only")
	case e.hub != nil:
		return ok("users have to sign in")
	case e.data == nil:
		return unknown("not known")
	case e.data.Users == 0 && beyond:
		return warn("run camhub user add NAME --role admin, or open the link that the hub prints when it starts", "the hub is meant to listen on %s and has no user: it will show nothing", e.Listen)
	case e.data.Users == 0:
		return ok("the hub has no users, and will answer this machine only")
	}
	const advice = "set new ones: camhub user passwd NAME"
	switch shut := strings.Join(e.data.Shut, ", "); len(e.data.Shut) {
	case 0:
	case e.data.Users:
		return fail(advice, "nobody can sign in: no user has a password since a backup without secrets was put back (%s)", shut)
	default:
		return warn(advice, "%d of %d users can't sign in: they have no password since a backup without secrets was put back (%s)", len(e.data.Shut), e.data.Users, shut)
	}
	return ok("%d users, who have to sign in", e.data.Users)
}

// isLoopback reports whether an address to listen on is of this machine only.
func isLoopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// cameraStatus is what is judged of a camera.
type cameraStatus struct {
	State       string     `json:"state"`
	FrozenSince *time.Time `json:"frozen_since"`
	Error       *reason    `json:"error"`
	Recording   *struct {
		State  string  `json:"state"`
		Reason *reason `json:"reason"`
	} `json:"recording"`
}

type reason struct {
	Message string `json:"message"`
}

func (r *reason) text() string {
	if r == nil {
		return "no reason is known"
	}
	return r.Message
}

// Limits of the explanations of cameras that are offline.
const (
	maxProbes  = 20
	probesOnce = 4
)

// checkCameras looks at each camera, and has the hub explain those that are offline.
func checkCameras(ctx context.Context, e *exam) []Finding {
	if e.hub == nil {
		if e.data != nil {
			return unknown("%d are defined; whether they work is known while the hub runs", len(e.data.State.Cameras))
		}
		return unknown("not known")
	}
	all := e.hub.Cameras
	found := make([][]Finding, len(all))
	gate := make(chan struct{}, probesOnce)
	var wg sync.WaitGroup
	live, probes := 0, 0
	for i, c := range all {
		var st cameraStatus
		if err := json.Unmarshal(c.Status, &st); err != nil {
			found[i] = fail("run the doctor of the hub's version", "%s: its status can't be read: %v", c.ID, err)
			continue
		}
		switch st.State {
		case "live":
			live++
		case "offline", "stale":
			if probes++; probes > maxProbes {
				found[i] = fail("probe it on its page", "%s is %s: %s", c.ID, st.State, st.Error.text())
				continue
			}
			wg.Go(func() {
				gate <- struct{}{}
				defer func() { <-gate }()
				found[i] = explain(ctx, e, c.ID, &st)
			})
			continue
		}
		found[i] = besides(c.ID, &st)
	}
	wg.Wait()
	out := ok("%d of %d are live", live, len(all))
	for _, fs := range found {
		out = append(out, fs...)
	}
	return out
}

// besides tells what is wrong with a camera that gives pictures.
func besides(id camera.ID, st *cameraStatus) (out []Finding) {
	if st.FrozenSince != nil {
		out = warn("restart the camera", "%s has sent the identical picture since %s", id, st.FrozenSince.Format(time.RFC3339))
	}
	if r := st.Recording; r != nil && r.State == "failing" {
		out = append(out, fail("see the recordings below and the page /storage", "%s is not recorded: %s", id, r.Reason.text())...)
	}
	return out
}

// explain has the hub look at a camera that is offline.
func explain(ctx context.Context, e *exam, id camera.ID, st *cameraStatus) []Finding {
	var res struct {
		Explanation string   `json:"explanation"`
		Advice      []string `json:"advice"`
		Works       bool     `json:"works"`
	}
	detail := fmt.Sprintf("%s is %s: %s", id, st.State, st.Error.text())
	err := e.Hub.Do(ctx, http.MethodPost, "/api/v1/probe", nil, map[string]camera.ID{"camera": id}, &res)
	switch {
	case err != nil:
		return fail("see why on its page", "%s (it could not be looked at: %v)", detail, err)
	case res.Works:
		return warn("wait: the hub tries again by itself", "%s. Now it answers: %s", detail, res.Explanation)
	}
	if !strings.Contains(detail, res.Explanation) {
		detail += " " + res.Explanation
	}
	return fail(strings.Join(res.Advice, " "), "%s", detail)
}

// checkRecordings looks whether what is to be kept can be.
func checkRecordings(_ context.Context, e *exam) []Finding {
	if e.hub == nil {
		return unknown("how long the room will do is known while the hub runs; camhub check looks at the files")
	}
	s := &e.hub.Storage
	out := []Finding{}
	for _, w := range s.Warnings {
		out = append(out, warn("change the limits on the page /storage, or make room", "%s", w.Message)...)
	}
	if len(out) > 0 {
		return out
	}
	if s.Days == nil {
		return ok("%s of %s are used", retention.Size(s.Used), retention.Size(s.Budget))
	}
	return ok("%s of %s are used; at this rate it holds %.1f days", retention.Size(s.Used), retention.Size(s.Budget), *s.Days)
}
