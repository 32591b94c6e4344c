package api

import "camhub/internal/route"

const (
	typeJSON  = route.TypeJSON
	typePatch = "application/merge-patch+json" // RFC 7396
)

var (
	readJSON  = route.ReadJSON
	writeJSON = route.WriteJSON
)
