package auth

import (
	"net/http"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/fault"
	"camhub/internal/route"
	"camhub/internal/strict"
)

// Routes returns the table of the addresses of users and their secrets.
func (s *Service) Routes() []route.Route {
	return []route.Route{
		{Method: "POST", Path: "/api/v1/setup", Need: route.Public, Handle: s.postSetup},
		{Method: "POST", Path: "/api/v1/session", Need: route.Guest, Handle: s.postSession},
		{Method: "GET", Path: "/api/v1/session", Need: route.Self, Handle: s.getSession},
		{Method: "DELETE", Path: "/api/v1/session", Need: route.Self, Handle: s.deleteSession},
		{Method: "GET", Path: "/api/v1/sessions", Need: route.Self, Handle: s.listSessions},
		{Method: "DELETE", Path: "/api/v1/sessions/{session}", Need: route.Self, Handle: s.revokeSession},
		{Method: "PUT", Path: "/api/v1/password", Need: route.Self, Handle: s.putPassword},
		{Method: "GET", Path: "/api/v1/tokens", Need: route.Self, Handle: s.listTokens},
		{Method: "POST", Path: "/api/v1/tokens", Need: route.Self, Handle: s.postToken},
		{Method: "DELETE", Path: "/api/v1/tokens/{token}", Need: route.Self, Handle: s.revokeToken},
		{Method: "GET", Path: "/api/v1/users", Need: route.Admin, Handle: s.listUsers},
		{Method: "POST", Path: "/api/v1/users", Need: route.Admin, Handle: s.postUser},
		{Method: "PATCH", Path: "/api/v1/users/{user}", Need: route.Admin, Handle: s.patchUser},
		{Method: "DELETE", Path: "/api/v1/users/{user}", Need: route.Admin, Handle: s.deleteUser},
		{Method: "GET", Path: "/api/v1/shares", Need: route.Operator, Handle: s.listShares},
		{Method: "POST", Path: "/api/v1/shares", Need: route.Operator, Handle: s.postShare},
		{Method: "DELETE", Path: "/api/v1/shares/{share}", Need: route.Operator, Handle: s.revokeShare},
	}
}

// read decodes the body of a request into the struct that v points to, and
// returns the faults of its fields apart from what makes it no body at all.
func read(w http.ResponseWriter, r *http.Request, v any) (*multierror.Error, error) {
	body, err := route.ReadJSON(w, r, route.TypeJSON)
	if err != nil {
		return nil, err
	}
	errs := strict.Object(body, v, "")
	for _, f := range fault.Fields(errs) {
		if f.Pointer == "" { // not an object: nothing else is wrong with it
			return nil, fault.InvalidFields("The body is not valid.", errs)
		}
	}
	return errs, nil
}

// required appends a fault for each text that is missing.
func required(errs *multierror.Error, fields map[string]string) *multierror.Error {
	for pointer, value := range fields {
		known := false
		for _, f := range fault.Fields(errs) {
			known = known || f.Pointer == pointer
		}
		if value == "" && !known {
			errs = multierror.Append(errs, fault.Fieldf(pointer, "is required"))
		}
	}
	return errs
}

func noContent(w http.ResponseWriter) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}
