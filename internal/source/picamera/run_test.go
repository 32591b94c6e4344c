//go:build linux

package picamera

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"camhub/internal/picamtest"
	"camhub/internal/source"
)

func TestPicturesComeThrough(t *testing.T) {
	for _, name := range commands {
		t.Run(name, func(t *testing.T) {
			programs := picamtest.Install(t, name)
			out, err := film(t, open(t, `{"width":320,"height":240,"fps":50}`), 10)
			if !errors.Is(err, context.Canceled) || len(out.packets) < 10 {
				t.Fatalf("%d pictures, %v", len(out.packets), err)
			}
			total := 0
			for i, p := range out.packets {
				if p.Track.Width != 320 || p.Track.Height != 240 || p.Track != out.packets[0].Track || !p.Key || p.Arrived.IsZero() {
					t.Errorf("packet %+v of track %+v", p, p.Track)
				}
				if i > 0 && p.PTS <= out.packets[i-1].PTS {
					t.Errorf("picture %d at %v comes after %v", i, p.PTS, out.packets[i-1].PTS)
				}
				total += len(p.Data)
			}
			if out.received < total || out.quirks != nil {
				t.Errorf("%d bytes received, %d written, quirks %q", out.received, total, out.quirks)
			}
			if args := programs.Arguments(); args[0] != name {
				t.Errorf("it ran %q", args)
			}
		})
	}
}

// TestNewestProgramIsTaken has several programs, of which a user may pick.
func TestNewestProgramIsTaken(t *testing.T) {
	programs := picamtest.Install(t, "raspivid", "libcamera-vid", "rpicam-vid")
	for command, want := range map[string]string{"auto": "rpicam-vid", "raspivid": "raspivid", "libcamera-vid": "libcamera-vid"} {
		_, _ = film(t, open(t, `{"command":"`+command+`","width":64,"height":64,"fps":50}`), 1)
		if got := programs.Arguments()[0]; got != want {
			t.Errorf("%s ran %s", command, got)
		}
	}
}

func TestFailuresAreExplained(t *testing.T) {
	tests := []struct {
		mode, options, code, message string
		pictures                     int
		names                        []string
	}{
		{names: []string{"rpicam-hello"}, code: codeNoProgram, message: "install rpicam-apps"},
		{options: `{"command":"libcamera-vid"}`, code: codeNoProgram, message: "libcamera-vid is not installed"},
		{mode: picamtest.None, code: codeNoCamera, message: "No camera is detected"},
		{mode: picamtest.None, names: []string{"raspivid"}, code: codeNoCamera, message: "Camera is not detected"},
		{options: `{"camera":3,"width":64,"height":64}`, code: codeNoCamera, message: "no camera number 3"},
		{mode: picamtest.Busy, code: codeInUse, message: "Another program uses the camera."},
		{mode: picamtest.Denied, code: codeNoPermission, message: "group video"},
		{mode: picamtest.OldVersion, code: codeUnsupported, message: "--autofocus-mode"},
		{options: `{"hdr":"auto","awb":"indoor"}`, names: []string{"raspivid"}, code: codeUnsupported, message: "awb is indoor, which raspivid doesn't know; hdr is not known to raspivid."},
		{mode: picamtest.Dies, code: codeEnded, message: `ended after 3 pictures (exit status 255). It said: "ERROR: *** failed to queue request ***"`, pictures: 3},
		{mode: picamtest.DiesForked, code: codeEnded, message: `ended after 3 pictures (exit status 255)`, pictures: 3},
		{mode: picamtest.Crashes, code: codeEnded, message: "ended after 3 pictures (signal: killed)", pictures: 3},
		{mode: picamtest.Hangs, code: codeSilent, message: "gave nothing for 1.04s"},
		{mode: picamtest.Times, code: codeSilent, message: "check its cable"},
		{mode: picamtest.Endless, code: codeTooLarge, message: "more than 32 MiB"},
		{mode: picamtest.Broken, code: codeBroken, message: "damaged pictures only"},
		{mode: picamtest.Garbage, code: codeNotPictures, message: "something other than pictures"},
	}
	for _, test := range tests {
		if test.names == nil {
			test.names = []string{"rpicam-vid"}
		}
		if test.options == "" {
			test.options = small
		}
		t.Run(test.mode+test.options+test.names[0], func(t *testing.T) {
			programs := picamtest.Install(t, test.names...)
			programs.Mode(test.mode)
			out, err := film(t, open(t, test.options), 0)
			if got := code(t, err); got != test.code || !strings.Contains(err.Error(), test.message) {
				t.Errorf("%s: %v", got, err)
			}
			if len(out.packets) != test.pictures {
				t.Errorf("%d pictures, want %d", len(out.packets), test.pictures)
			}
			if n := len(err.Error()); n > 1500 {
				t.Errorf("the message has %d bytes", n)
			}
			gone(t, programs)
		})
	}
}

// TestFailuresAreTheSameEachTime shows that a failure that repeats can be known
// again: it is logged once.
func TestFailuresAreTheSameEachTime(t *testing.T) {
	programs := picamtest.Install(t, "rpicam-vid")
	programs.Mode(picamtest.Busy)
	_, first := film(t, open(t, small), 0)
	_, second := film(t, open(t, small), 0)
	if first.Error() != second.Error() || strings.Contains(first.Error(), "2746") {
		t.Errorf("%v\n%v", first, second)
	}
}

// TestStoppedInGoodOrder closes cameras that give pictures.
func TestStoppedInGoodOrder(t *testing.T) {
	for _, mode := range []string{"", picamtest.Slow, picamtest.Forks, picamtest.Floods} {
		t.Run(mode, func(t *testing.T) {
			programs := picamtest.Install(t, "rpicam-vid")
			programs.Mode(mode)
			if _, err := film(t, open(t, small), 3); !errors.Is(err, context.Canceled) {
				t.Errorf("it returned %v", err)
			}
			if programs.Stops() != 1 {
				t.Error("the program had no time to let go of the camera")
			}
			gone(t, programs)
		})
	}
}

// TestStoppedInAnyCase closes cameras that give none.
func TestStoppedInAnyCase(t *testing.T) {
	for _, mode := range []string{picamtest.Hangs, picamtest.Garbage, picamtest.Times} {
		t.Run(mode, func(t *testing.T) {
			programs := picamtest.Install(t, "rpicam-vid")
			programs.Mode(mode)
			r := open(t, small)
			r.silence = patience
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			done := make(chan error, 1)
			go func() { done <- r.Run(ctx, new(sink)) }()
			waitFor(t, "it runs", func() bool { return programs.Starts() == 1 })
			why := errors.New("somebody asked for it")
			cancel(why)
			select {
			case err := <-done:
				if !errors.Is(err, why) {
					t.Errorf("it returned %v", err)
				}
			case <-time.After(patience):
				t.Fatal("it does not stop")
			}
			gone(t, programs)
		})
	}
}

// TestFloodOfMessagesHoldsNothingUp has a program that says far more than a
// pipe holds between two pictures.
func TestFloodOfMessagesHoldsNothingUp(t *testing.T) {
	picamtest.Install(t, "rpicam-vid").Mode(picamtest.Floods)
	if out, err := film(t, open(t, small), 20); len(out.packets) < 20 {
		t.Errorf("%d pictures, %v", len(out.packets), err)
	}
}

// TestEnvironmentOfTheHubStaysInside has a secret in the hub's environment.
func TestEnvironmentOfTheHubStaysInside(t *testing.T) {
	programs := picamtest.Install(t, "rpicam-vid")
	t.Setenv("CAMHUB_TOKEN", "secret")
	t.Setenv("LIBCAMERA_RPI_TUNING_FILE", "/x")
	_, _ = film(t, open(t, small), 1)
	names := programs.Environment()
	if slices.Contains(names, "CAMHUB_TOKEN") || !slices.Contains(names, "LIBCAMERA_RPI_TUNING_FILE") || !slices.Contains(names, "PATH") {
		t.Errorf("it saw %q", names)
	}
}

func TestProgramThatCantBeRun(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/rpicam-vid", []byte("this is no program"), 0o700); err != nil { //nolint:gosec // it is to be run
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	if _, err := film(t, open(t, small), 0); code(t, err) != codeFailed {
		t.Errorf("got %v", err)
	}
	t.Setenv("PATH", "") // and none in the folder that the hub is in
	if _, err := film(t, open(t, small), 0); code(t, err) != codeNoProgram {
		t.Errorf("got %v", err)
	}
}

func TestPatienceFollowsTheRate(t *testing.T) {
	for options, want := range map[string]time.Duration{`{"fps":0.1}`: 20 * time.Second, `{"fps":20}`: 100 * time.Millisecond} {
		var p source.Patient = open(t, options)
		if got := p.Patience(); got != want {
			t.Errorf("%s: %v", options, got)
		}
	}
}

func TestList(t *testing.T) {
	tests := []struct {
		names           []string
		mode, list      string
		cameras, errors string
	}{
		{names: nil},
		{names: []string{"rpicam-hello"}, cameras: "0 imx219"},
		{names: []string{"libcamera-vid"}, cameras: "0 imx219"},
		{names: []string{"rpicam-hello"}, list: "No cameras available!\n"},
		{names: []string{"rpicam-hello"}, mode: picamtest.Dies, errors: "failed to generate capture configuration"},
		{names: []string{"rpicam-hello"}, mode: picamtest.Floods, errors: "more than 262144 bytes"},
		{names: []string{"raspivid"}},
		{names: []string{"raspivid", "vcgencmd"}, cameras: "0 "},
		{names: []string{"raspivid", "vcgencmd"}, list: "supported=0 detected=0\n"},
		{names: []string{"raspivid", "vcgencmd"}, list: "VCHI initialization failed\n"},
	}
	for _, test := range tests {
		programs := picamtest.Install(t, test.names...)
		if test.list != "" {
			programs.List(test.list)
		}
		programs.Mode(test.mode)
		list, err := List(t.Context())
		got := ""
		for _, d := range list {
			got += d.Device + " " + d.Driver
			if _, errs := Kind.Parse(json.RawMessage(`{"camera":` + d.Device + `}`)); d.Kind != Kind.Name || errs.ErrorOrNil() != nil {
				t.Errorf("%v: %+v can't be opened", test.names, d)
			}
		}
		if got != test.cameras || (err == nil) != (test.errors == "") || err != nil && !strings.Contains(err.Error(), test.errors) {
			t.Errorf("%v: cameras %q, %v", test.names, got, err)
		}
	}
}

func TestListEndsWithItsContext(t *testing.T) {
	programs := picamtest.Install(t, "rpicam-hello")
	programs.Mode(picamtest.Hangs)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := List(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	gone(t, programs)
}
