package camera

import (
	"encoding/json"
	"testing"

	"camhub/internal/fault"
)

// FuzzDecode reads definitions: one without a fault is the same after it was
// written and read again, and every fault says where it is.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"id":"a","name":"A","source":{"kind":"emulated","width":64},"record":{"mode":"schedule","schedule":"mon-fri 08:00-18:00","keep_days":7}}`,
		`{"name":"A","mode":"on_demand","idle_timeout":"90s","group":"g","enabled":false,"source":{"kind":"mjpeg","url":"http://h/"}}`,
		`{"source":{"kind":5}}`, `{"source":[]}`, `{"record":{"max_fps":1e99,"keep_bytes":-1}}`, `{"idle_timeout":"9999999h"}`, `null`, `{`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, errs := Decode(b)
		for _, fd := range fault.Fields(errs) {
			if fd.Detail == "" || fd.Pointer != "" && fd.Pointer[0] != '/' {
				t.Errorf("%q: fault %+v", b, fd)
			}
		}
		if errs != nil || d.Validate() != nil {
			return
		}
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		var again Definition
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatalf("%q becomes %s: %v", b, text, err)
		}
		if second, err := json.Marshal(again); err != nil || string(second) != string(text) {
			t.Errorf("%q becomes %s and then %s, %v", b, text, second, err)
		}
	})
}
