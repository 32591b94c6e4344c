package archive

import (
	"fmt"
	"path/filepath"
	"time"

	"camhub/internal/camera"
)

// The files lie at <camera>/<yyyy-mm-dd>/<hh-mm-ss.mmm>.mov, by the start of the
// segment, in UTC.
const (
	dayLayout  = "2006-01-02"
	nameLayout = "15-04-05.000.mov"
	dayMillis  = 24 * 60 * 60 * 1000
)

// The years that a segment may lie in: the times of its pictures are kept in
// nanoseconds of 64 bits.
const (
	firstYear = 1970
	lastYear  = 2261
)

func (a *Archive) dayDir(id camera.ID, start int64) string {
	return filepath.Join(a.root, string(id), time.UnixMilli(start).UTC().Format(dayLayout))
}

func (a *Archive) path(id camera.ID, start int64) string {
	return filepath.Join(a.dayDir(id, start), time.UnixMilli(start).UTC().Format(nameLayout))
}

// parseDay returns the start of the day that a folder is called after, in Unix
// milliseconds.
func parseDay(name string) (int64, bool) {
	t, err := time.Parse(dayLayout, name)
	if err != nil || t.Year() < firstYear || t.Year() > lastYear {
		return 0, false
	}
	return t.UnixMilli(), true
}

// parseName returns the milliseconds since midnight that a file is called after.
// It is called for every file at start, and so makes nothing.
func parseName(name string) (int64, bool) {
	if len(name) != len(nameLayout) || name[2] != '-' || name[5] != '-' || name[8] != '.' || name[12:] != ".mov" {
		return 0, false
	}
	h, ok1 := number(name[0:2])
	m, ok2 := number(name[3:5])
	s, ok3 := number(name[6:8])
	ms, ok4 := number(name[9:12])
	if !ok1 || !ok2 || !ok3 || !ok4 || h > 23 || m > 59 || s > 59 {
		return 0, false
	}
	return ((h*60+m)*60+s)*1000 + ms, true
}

func number(s string) (n int64, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, true
}

// checkTime refuses an instant that no file can be called after.
func checkTime(t time.Time) error {
	if y := t.UTC().Year(); y < firstYear || y > lastYear {
		return fmt.Errorf("the clock says %v, which no recording can be called after", t.UTC())
	}
	return nil
}
