package route

import "strconv"

// Need says who may use a route. Its zero value is none: New refuses it. Package
// auth says what each means in a request, and its tests try every route as
// everybody.
type Need uint8

// The needs, in the table of routes.
const (
	_ Need = iota

	Public      // everybody, also while the hub has no owner: it must tell nothing
	Guest       // everybody, once there is an owner: the way in
	Self        // every user, about themselves or about what they may see
	Viewer      // users who may see the camera {id}; without {id}, what they may see
	Picture     // as Viewer, and share links for live pictures of the camera {id}
	Recording   // as Viewer, and share links for recordings of {id}: ask access.Caller.Plays
	ViewerOfAll // users who may see every camera
	Operator    // operators who may see the camera {id}; without {id}, all operators
	Admin       // admins

	needs // how many there are
)

var needNames = [needs]string{
	"none", "public", "guest", "self", "viewer", "picture", "recording", "viewer of all", "operator", "admin",
}

// Valid reports whether n is one of the needs.
func (n Need) Valid() bool { return n > 0 && n < needs }

// String returns the need in a word, for messages.
func (n Need) String() string {
	if n < needs {
		return needNames[n]
	}
	return strconv.Itoa(int(n))
}

// Guard puts before a route what lets through only those who meet its need, with
// an access.Caller in the context of the request.
type Guard func(need Need, next Func) Func
