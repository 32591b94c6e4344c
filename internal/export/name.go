package export

import (
	"fmt"
	"mime"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"camhub/internal/camera"
)

// maxTitle bounds the part of a file's name that a person wrote, in bytes: file
// systems take 255 in all.
const maxTitle = 120

func pointer(i int) string { return "/cameras/" + strconv.Itoa(i) }

// fileName returns a name for a file of a camera that every file system takes:
// "Front door 2026-03-01 12-00-00Z.mov".
func (r *Request) fileName(title string, id camera.ID, taken map[string]bool) string {
	title = tame(title)
	if title == "" {
		title = string(id)
	}
	speed := ""
	if r.Speed > 1 {
		speed = fmt.Sprintf(" x%v", r.Speed)
	}
	rest := r.From.Format(" 2006-01-02 15-04-05Z") + speed + "." + formats[r.Format].ending
	name := title + rest
	if taken[strings.ToLower(name)] {
		name = title + " (" + string(id) + ")" + rest
	}
	taken[strings.ToLower(name)] = true
	return name
}

// tame replaces what one of the usual systems does not take in the name of a file.
func tame(s string) string {
	s = strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) || strings.ContainsRune(`/\:*?"<>|%`, c) {
			return '_'
		}
		return c
	}, strings.ToValidUTF8(s, "_"))
	for i := range s {
		if i > maxTitle {
			s = s[:i]
			break
		}
	}
	return strings.Trim(s, " .")
}

// Disposition returns the value of Content-Disposition that has a browser save a
// file under a name (RFC 6266): as it is, and for old programs in ASCII.
func Disposition(name string) string {
	ascii := strings.Map(func(c rune) rune {
		if c > unicode.MaxASCII {
			return '_'
		}
		return c
	}, name)
	v := mime.FormatMediaType("attachment", map[string]string{"filename": ascii})
	if ascii != name {
		v += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return v
}
