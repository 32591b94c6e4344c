package main

import (
	"embed"
	"io"
	"path"
	"strings"
)

// guideFiles are the guides for people, one for each topic: guide/<topic>.md. Their first
// line is "# <Title>". No topic has the name of a command, whose flags help prints.
//
//go:embed guide/*.md
var guideFiles embed.FS

// guides returns the topics in alphabetical order.
func guides() []string {
	entries, _ := guideFiles.ReadDir("guide") // an embedded folder can be read
	var topics []string
	for _, e := range entries {
		topics = append(topics, strings.TrimSuffix(e.Name(), ".md"))
	}
	return topics
}

// guideTitle returns the title of a topic that guides returned.
func guideTitle(topic string) string {
	title, _, _ := strings.Cut(guideText(topic), "\n")
	return strings.TrimPrefix(title, "# ")
}

// printGuide writes the guide to a topic, and reports whether there is one.
func printGuide(w io.Writer, topic string) bool {
	text := guideText(topic)
	_, _ = io.WriteString(w, text)
	return text != ""
}

// guideText returns a guide, or "" when there is none to the topic.
func guideText(topic string) string {
	b, err := guideFiles.ReadFile(path.Join("guide", topic+".md"))
	if err != nil {
		return ""
	}
	return string(b)
}
