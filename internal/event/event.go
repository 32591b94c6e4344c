// Package event defines what camhub remembers of what happened.
package event

import (
	"time"

	"camhub/internal/camera"
)

// Type says what happened.
type Type string

// The types of events.
const (
	Added    Type = "added"    // a camera was defined
	Changed  Type = "changed"  // its definition changed
	Removed  Type = "removed"  // it was deleted
	Restored Type = "restored" // that was undone
	Online   Type = "online"   // it gives pictures (again)
	Offline  Type = "offline"  // it gave pictures, or should have, and does not
	Frozen   Type = "frozen"   // it has sent the identical picture for half a minute, and should move
	Moving   Type = "moving"   // its picture, which was frozen, changed

	RecordingFailed    Type = "recording_failed"    // its pictures can't be written any more
	RecordingResumed   Type = "recording_resumed"   // they can again
	RecordingLost      Type = "recording_lost"      // some could not be written, and recording goes on
	RecordingsRepaired Type = "recordings_repaired" // what a crash had left open was closed

	Exported     Type = "exported"      // recordings of it can be taken away as a file
	ExportFailed Type = "export_failed" // they were to be, and could not

	SignedIn       Type = "signed_in"       // a user did
	SignInFailed   Type = "sign_in_failed"  // somebody tried to, as a user
	SessionRevoked Type = "session_revoked" // sessions of a user were ended
	UserAdded      Type = "user_added"
	UserChanged    Type = "user_changed" // the role, the cameras or the password
	UserRemoved    Type = "user_removed"
	TokenAdded     Type = "token_added"
	TokenRevoked   Type = "token_revoked"
	ShareAdded     Type = "share_added"
	ShareRevoked   Type = "share_revoked"

	BackupMade     Type = "backup_made"     // somebody has a copy of the database; Subject says of which kind
	BackupRestored Type = "backup_restored" // the database, and all events before, are from one
)

// Types lists all types, for those who check one from outside.
var Types = []Type{
	Added, Changed, Removed, Restored, Online, Offline, Frozen, Moving,
	RecordingFailed, RecordingResumed, RecordingLost, RecordingsRepaired, Exported, ExportFailed,
	SignedIn, SignInFailed, SessionRevoked, UserAdded, UserChanged, UserRemoved,
	TokenAdded, TokenRevoked, ShareAdded, ShareRevoked, BackupMade, BackupRestored,
}

// Reason is why a camera went offline: a word for programs and a sentence for
// people.
type Reason struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Span is a stretch of time.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Event is one thing that happened. It never changes after it is stored.
type Event struct {
	ID     uint64    `json:"id"` // set by the store: 1, 2, 3, …
	Time   time.Time `json:"time"`
	Type   Type      `json:"type"`
	Camera camera.ID `json:"camera,omitempty"` // "" when it is about users
	Name   string    `json:"name,omitempty"`   // the camera's name at the time
	// Reason is set for offline, and for the online that ends it; for all of
	// recordings; and for export_failed.
	Reason *Reason `json:"reason,omitempty"`
	// DurationMS is the length of the state that the event ended: for online
	// how long the camera was offline, for offline how long it was online, for
	// moving how long it was frozen, for recording_resumed how long nothing was
	// recorded.
	DurationMS int64 `json:"duration_ms,omitempty"`
	// Lost is how many pictures came meanwhile, for recording_resumed.
	Lost uint64 `json:"lost,omitempty"`
	// Span is what of the camera was exported, or was to be.
	Span *Span `json:"span,omitempty"`
	// Actor is the user who did it, or "" when no user did: the local admin, or
	// somebody who failed to sign in.
	Actor   string `json:"actor,omitempty"`
	Subject string `json:"subject,omitempty"` // the user it is about, the name of the token or share link, what the backup is, or the ID of the export
	Remote  string `json:"remote,omitempty"`  // where the one who signed in, or failed to, came from
}

// Query selects events. The zero Query selects all of them.
type Query struct {
	Camera camera.ID // if not ""
	Type   Type      // if not ""
	Since  time.Time // if not zero: at or after
	Until  time.Time // if not zero: before
	Before uint64    // if not 0: with a smaller ID, the cursor of a next page
	// Allow, if not nil, says which events may be seen. It is called while the
	// store reads, and must not call the store.
	Allow func(*Event) bool
}

// Matches reports whether q selects e.
func (q *Query) Matches(e *Event) bool {
	return (q.Camera == "" || q.Camera == e.Camera) &&
		(q.Type == "" || q.Type == e.Type) &&
		(q.Since.IsZero() || !e.Time.Before(q.Since)) &&
		(q.Until.IsZero() || e.Time.Before(q.Until)) &&
		(q.Before == 0 || e.ID < q.Before) &&
		(q.Allow == nil || q.Allow(e))
}
