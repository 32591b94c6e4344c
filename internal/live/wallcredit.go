package live

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/fault"
	"camhub/internal/strict"
)

// maxCredits bounds one message. More can't be under way.
const maxCredits = maxUnderWay

// credit says that a picture of a tile was painted.
type credit struct {
	tile uint16
	seq  uint32
}

// refused is the fault of returning credit that was not given.
func (c credit) refused() refusal {
	return refusal{int(c.tile), fault.InvalidFields("The credit was not given.",
		multierror.Append(nil, fault.Fieldf("/seq", "no picture %d of this tile is under way", c.seq)))}
}

// parseCredit reads a message that gives credit back: for one picture, or for
// several that were painted together.
func parseCredit(b []byte) (request, error) {
	var in struct {
		Op       string     `json:"op"`
		Tile     *uint16    `json:"tile"`
		Seq      *uint32    `json:"seq"`
		Pictures [][]uint32 `json:"pictures"`
	}
	if errs := strict.Object(b, &in, ""); errs != nil {
		return request{}, inWords(errs)
	}
	switch {
	case in.Pictures == nil && (in.Tile == nil || in.Seq == nil):
		return request{}, errors.New("/pictures, or /tile and /seq, are required")
	case in.Pictures == nil:
		return request{credits: []credit{{*in.Tile, *in.Seq}}}, nil
	case in.Tile != nil || in.Seq != nil:
		return request{}, errors.New("/pictures stands in the place of /tile and /seq")
	case len(in.Pictures) > maxCredits:
		return request{}, fmt.Errorf("/pictures may hold up to %d pictures", maxCredits)
	}
	var r request
	for i, p := range in.Pictures {
		if len(p) != 2 || p[0] > math.MaxUint16 {
			return request{}, fmt.Errorf("/pictures/%d must be a tile, 0 to %d, and a number", i, math.MaxUint16)
		}
		r.credits = append(r.credits, credit{uint16(p[0]), p[1]})
	}
	return r, nil
}

// quickCredit reads credit in the words of our pages. It is by far the most
// frequent message, and costs as much as a picture when it is read as JSON.
// Whatever else is JSON for the same is left to parseCredit.
func quickCredit(b []byte) ([]credit, bool) {
	if rest, ok := bytes.CutPrefix(b, []byte(`{"op":"got","pictures":[[`)); ok {
		list, ok := bytes.CutSuffix(rest, []byte(`]]}`))
		return quickList(list, ok)
	}
	rest, ok1 := bytes.CutPrefix(b, []byte(`{"op":"got","tile":`))
	rest, ok2 := bytes.CutSuffix(rest, []byte(`}`))
	c, ok3 := quickPair(rest, `,"seq":`)
	return []credit{c}, ok1 && ok2 && ok3
}

// quickList reads pairs of a tile and a number, such as 1,123],[7,124.
func quickList(list []byte, ok bool) ([]credit, bool) {
	n := bytes.Count(list, []byte(`],[`)) + 1
	if !ok || n > maxCredits {
		return nil, false
	}
	all := make([]credit, 0, n)
	for pair := range bytes.SplitSeq(list, []byte(`],[`)) {
		c, ok := quickPair(pair, `,`)
		if !ok {
			return nil, false
		}
		all = append(all, c)
	}
	return all, true
}

func quickPair(b []byte, between string) (credit, bool) {
	tile, seq, ok := bytes.Cut(b, []byte(between))
	t, ok1 := quickNumber(tile, 16)
	n, ok2 := quickNumber(seq, 32)
	return credit{uint16(t), uint32(n)}, ok && ok1 && ok2
}

// quickNumber reads a whole number of JSON of up to so many bits.
func quickNumber(b []byte, bits int) (uint64, bool) {
	n, err := strconv.ParseUint(string(b), 10, bits)
	return n, err == nil && (len(b) == 1 || b[0] != '0')
}
