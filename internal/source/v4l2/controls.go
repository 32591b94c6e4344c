//go:build linux && cgo

package v4l2

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/hashicorp/go-multierror"
	go4vl "github.com/vladimirvivien/go4vl/v4l2"

	"camhub/internal/device"
	"camhub/internal/fault"
	"camhub/internal/source"
	"camhub/internal/strict"
)

// The types of controls, as device.Control has them.
const (
	typeInteger = "integer"
	typeBoolean = "boolean"
	typeMenu    = "menu"
	typeButton  = "button"
)

// control is a control of an open device.
type control struct {
	device.Control
	id go4vl.CtrlID
}

// controls lists the controls that have a number for a value. Those of strings,
// bit masks, arrays and 64 bits are left out: cameras have none of use.
func (h *handle) controls(ctx context.Context) (all []control, err error) {
	guarded(func() {
		var infos []go4vl.Control
		if infos, err = go4vl.QueryAllControls(uintptr(h.fd)); errors.Is(err, go4vl.ErrorSystem) {
			err = h.explain("list its controls", err)
			return
		}
		err = nil // a driver that has none says so by an error
		taken := map[string]bool{}
		for _, info := range infos {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
				return
			}
			c, ok := h.control(info)
			if !ok {
				continue
			}
			for i := 2; taken[c.Name]; i++ {
				c.Name = controlName(c.Label) + "_" + strconv.Itoa(i)
			}
			taken[c.Name] = true
			all = append(all, c)
		}
		explainInactive(all)
	})
	return all, err
}

// control describes a control, if it is one of a kind that can be used. It must
// be called in guarded.
func (h *handle) control(info go4vl.Control) (control, bool) {
	types := map[go4vl.CtrlType]string{
		go4vl.CtrlTypeInt: typeInteger, go4vl.CtrlTypeBool: typeBoolean, go4vl.CtrlTypeButton: typeButton,
		go4vl.CtrlTypeMenu: typeMenu, go4vl.CtrlTypeIntegerMenu: typeMenu,
	}
	c := control{id: info.ID, Control: device.Control{
		Name: controlName(info.Name), Label: info.Name, Type: types[info.Type],
		Min: int64(info.Minimum), Max: int64(info.Maximum), Step: int64(info.Step), Default: int64(info.Default),
		Group: groupOf(info.ID),
	}}
	disabled, readOnly, inactive, err := controlFlags(h.fd, info.ID)
	if err != nil || disabled || c.Type == "" || c.Name == "" {
		return c, false
	}
	c.ReadOnly, c.Inactive = readOnly, inactive
	if c.Type == typeButton {
		c.Min, c.Max, c.Step, c.Default = 0, 1, 1, 0 // there is nothing to read
		return c, true
	}
	value, err := go4vl.GetControlValue(uintptr(h.fd), info.ID)
	if err != nil {
		return c, false // it is write-only, or the camera does not answer for it
	}
	c.Value = int64(value)
	if c.Type == typeMenu {
		items, _ := info.GetMenuItems() // it returns no error for a menu
		for _, i := range items {
			c.Menu = append(c.Menu, device.Item{Value: int64(i.Index), Label: i.Name})
		}
	}
	return c, true
}

// check says what is wrong with a value for the control, or "".
func (c *control) check(value int64) string {
	switch {
	case c.ReadOnly:
		return "can be read only"
	case c.Type == typeMenu && !slices.ContainsFunc(c.Menu, func(i device.Item) bool { return i.Value == value }):
		return "must be one of " + menuText(c.Menu)
	case value < c.Min || value > c.Max:
		return fmt.Sprintf("must be from %d to %d", c.Min, c.Max)
	case c.Step > 1 && (value-c.Min)%c.Step != 0:
		return fmt.Sprintf("must be %d plus a multiple of %d", c.Min, c.Step)
	}
	return ""
}

func menuText(menu []device.Item) string {
	text := ""
	for i, item := range menu {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%d (%s)", item.Value, item.Label)
	}
	return text
}

// change is a control and the value that it is to have.
type change struct {
	*control
	value int64
}

// changes finds the controls that values names, in the order in which they have
// to be set: those that switch others on and off, such as automatic exposure,
// come first. Whatever is wrong with a value goes to fault, by name.
func changes(all []control, values map[string]int64, fault func(name, detail string)) []change {
	var cs []change
	for _, name := range slices.Sorted(maps.Keys(values)) {
		i := slices.IndexFunc(all, func(c control) bool { return c.Name == name })
		if i < 0 {
			fault(name, "is not a control of this camera")
		} else if detail := all[i].check(values[name]); detail != "" {
			fault(name, detail)
		} else {
			cs = append(cs, change{&all[i], values[name]})
		}
	}
	rank := func(c change) int {
		if c.Type == typeInteger {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(cs, func(a, b change) int { return cmp.Compare(rank(a), rank(b)) })
	return cs
}

// set sets one control.
func (h *handle) set(c change) (err error) {
	if c.Type == typeButton {
		c.value = 0 // the driver ignores it, and go4vl takes no other
	}
	guarded(func() { err = go4vl.SetControlValue(uintptr(h.fd), c.id, int32(c.value)) })
	if err != nil {
		return h.explain("set "+c.Name, err)
	}
	return nil
}

// inactive reports whether another control decides c now: one that was set a
// moment ago may.
func (h *handle) inactive(c change) (is bool) {
	guarded(func() { _, _, is, _ = controlFlags(h.fd, c.id) })
	return is
}

// apply sets the controls of a definition on a camera that was just opened, but
// for buttons: those do something once. It returns what was refused, and why.
func (h *handle) apply(ctx context.Context, values map[string]int64) map[string]string {
	if len(values) == 0 {
		return nil
	}
	all, err := h.controls(ctx)
	refused := make(map[string]string)
	if err != nil {
		for name := range values {
			refused[name] = err.Error()
		}
		return refused
	}
	for _, c := range changes(all, values, func(name, detail string) { refused[name] = detail }) {
		if c.Type == typeButton || ctx.Err() != nil {
			continue
		}
		if err := h.set(c); err != nil {
			refused[c.Name] = err.Error()
		}
	}
	return refused
}

// Controls returns the controls of the camera that is named dev, with their
// values now. It opens the camera for itself, also while another streams. The
// error is a *fault.Error.
func Controls(ctx context.Context, dev string) ([]device.Control, error) {
	h, err := open(dev)
	if err != nil {
		return nil, unavailable(err)
	}
	defer h.close()
	all, err := h.controls(ctx)
	if err != nil {
		return nil, unavailable(err)
	}
	out := make([]device.Control, len(all))
	for i, c := range all {
		out[i] = c.Control
	}
	return out, nil
}

// SetControls sets controls of the camera that is named dev by their names,
// also while it streams. When a value is wrong none is set, and the error has
// the pointer "/controls/<name>" for each that is. A camera that does not take
// a value that is within its range gets such an error too, but for the default of
// a control that another one decides: there is nothing to go back to then.
func SetControls(ctx context.Context, dev string, values map[string]int64) error {
	h, err := open(dev)
	if err != nil {
		return unavailable(err)
	}
	defer h.close()
	all, err := h.controls(ctx)
	if err != nil {
		return unavailable(err)
	}
	var wrong *multierror.Error
	add := func(name, detail string) {
		wrong = multierror.Append(wrong, fault.Field{Pointer: "/controls/" + strict.Token(name), Detail: detail})
	}
	const refused = "The controls are not valid."
	cs := changes(all, values, add)
	if wrong != nil {
		return fault.InvalidFields(refused, wrong)
	}
	for _, c := range cs {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := h.set(c); err != nil {
			if e, ok := errors.AsType[*source.Error](err); ok && e.Code == codeUnplugged {
				return unavailable(err)
			}
			inactive := h.inactive(c)
			if inactive && c.value == c.Default {
				continue
			}
			detail := "is refused by the camera"
			if inactive {
				detail += ": another control decides it at present"
			}
			add(c.Name, detail)
		}
	}
	return fault.InvalidFields(refused, wrong)
}

// unavailable says for a person why a camera can't be asked.
func unavailable(err error) error {
	if e, ok := errors.AsType[*source.Error](err); ok {
		return &fault.Error{Kind: fault.Unavailable, Msg: e.Message, Err: e.Err}
	}
	return err
}
