package foreign

import (
	"bytes"
	"path"
	"strings"

	"camhub/internal/redact"
)

// readCommands reads command lines of mjpg-streamer and µStreamer, and addresses of
// what they serve: one a line, as a shell or a unit of systemd has them.
func readCommands(r *Result, name string, b []byte) error {
	var text strings.Builder
	number, start := 0, 1
	flush := func() {
		readCommand(r, Camera{Enabled: true, File: name, Line: start}, text.String())
		text.Reset()
		start = number + 1
	}
	for raw := range bytes.Lines(b) {
		number++
		rest, more := strings.CutSuffix(strings.TrimRight(string(raw), "\r\n"), `\`)
		text.WriteString(rest)
		if more {
			text.WriteByte(' ')
		} else {
			flush()
		}
	}
	flush()
	return nil
}

// readCommand reads one line.
func readCommand(r *Result, c Camera, line string) {
	words, ok := split(line)
	if len(words) == 0 {
		return
	}
	program := programOf(words)
	c.Name = program
	switch {
	case program == "" || !ok && program == "url":
		return // a comment, another line of a unit or a script
	case !ok:
		r.skip(c, "has a quotation mark that is not closed")
	case variable(line) != "":
		r.skip(c, "holds %s, which is not expanded; put its value there", variable(line))
	case program == "url":
		address(r, c, words[0])
	case program == "mjpg_streamer":
		mjpgStreamer(r, c, arguments(words, program))
	default:
		uStreamer(r, c, arguments(words, program))
	}
}

// address adds what an address gives.
func address(r *Result, c Camera, url string) {
	if host := redact.Host(url); host != "" {
		c.Name = host
	}
	r.add(c, kindOf(url), map[string]any{"url": url})
}

// programOf names what a line is: "mjpg_streamer", "ustreamer", "url", or "" for all
// else. Words before the program, such as sudo and ExecStart=, are passed over.
func programOf(words []string) string {
	if len(words) > 0 && (schemeOf(words[0]) == "http" || schemeOf(words[0]) == "https") && strings.Contains(words[0], "://") {
		return "url"
	}
	for i, w := range words {
		if strings.HasPrefix(w, "#") || i > 8 {
			return ""
		}
		if p := programName(w); p != "" {
			return p
		}
	}
	return ""
}

// programName returns the program that a word names, or "".
func programName(word string) string {
	if _, rest, ok := strings.Cut(word, "="); ok {
		word = rest
	}
	switch name := path.Base(strings.TrimLeft(word, "@-+!:")); name {
	case "mjpg_streamer", "mjpg-streamer":
		return "mjpg_streamer"
	case "ustreamer":
		return name
	}
	return ""
}

// arguments returns the words behind the name of the program.
func arguments(words []string, program string) []string {
	for i, w := range words {
		if programName(w) == program {
			return words[i+1:]
		}
	}
	return nil
}

// split returns the words of a line as a shell takes them apart, with quotes and
// backslashes, and nothing else. ok is false when a quotation mark is not closed.
func split(line string) (words []string, ok bool) {
	var word strings.Builder
	inWord, quote := false, byte(0)
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote != 0 && c == quote:
			quote = 0
		case c == '\\' && quote != '\'' && i+1 < len(line):
			i++
			word.WriteByte(line[i])
			inWord = true
		case quote == 0 && (c == '"' || c == '\''):
			quote, inWord = c, true
		case quote == 0 && (c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			if inWord {
				words = append(words, word.String())
			}
			word.Reset()
			inWord = false
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, quote == 0
}
