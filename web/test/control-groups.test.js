import assert from 'node:assert/strict';
import test from 'node:test';

import { defaultsOf, faultOf, faultsOf, groupsOf, reasonOf, resettable, shapeOf, valueText } from '../static/control-groups.js';

const control = (name, rest = {}) => ({ name, label: name.toUpperCase(), type: 'integer', min: 0, max: 100, step: 1, default: 50, value: 50, ...rest });
const menu = [{ value: 1, label: 'Manual Mode' }, { value: 3, label: 'Aperture Priority Mode' }];

test('controls are grouped in the order of the page, and stay in that of the driver', () => {
  const list = [control('own'), control('time', { group: 'exposure' }), control('new', { group: 'sound' }), control('gain', { group: 'exposure' }), control('brightness', { group: 'image' })];
  assert.deepEqual(groupsOf(list).map((g) => [g.name, ...g.controls.map((c) => c.name)]), [['image', 'brightness'], ['exposure', 'time', 'gain'], ['other', 'own', 'new']]);
  assert.deepEqual(groupsOf([]), []);
});

test('the shape is that of rows, whatever their values', () => {
  assert.equal(shapeOf([control('a', { value: 1, inactive: true })]), shapeOf([control('a', { value: 2 })]));
  for (const other of [[], [control('b')], [control('a', { max: 9 })], [control('a', { type: 'menu', menu })]]) assert.notEqual(shapeOf(other), shapeOf([control('a')]));
});

test('a control that can’t be changed says why', () => {
  const auto = control('auto', { type: 'menu', menu, value: 3 });
  const time = control('time', { inactive: true, decided_by: 'auto' });
  assert.equal(reasonOf(control('a'), []), '');
  assert.equal(reasonOf(time, [auto, time]), 'Set by “AUTO” (Aperture Priority Mode).');
  assert.equal(reasonOf(time, [time]), 'Set by another control at present.');
  assert.equal(reasonOf(control('t', { read_only: true }), []), 'It can only be read.');
});

test('values are said as people read them', () => {
  assert.equal(valueText(control('a', { value: -3 })), '-3');
  assert.equal(valueText(control('a', { type: 'boolean', value: 1 })), 'on');
  assert.equal(valueText(control('a', { type: 'boolean', value: 0 })), 'off');
  assert.equal(valueText(control('a', { type: 'menu', menu, value: 2 })), '2');
});

test('only what differs from its default, or is kept, can go back to it', () => {
  assert.equal(resettable(control('a'), {}), false);
  assert.equal(resettable(control('a'), { a: 50 }), true);
  assert.equal(resettable(control('a', { value: 51 }), {}), true);
  assert.equal(resettable(control('a', { value: 51, inactive: true }), {}), false);
  assert.equal(resettable(control('a', { value: 51, read_only: true }), { a: 1 }), false);
  assert.equal(resettable(control('a', { type: 'button', value: 51 }), {}), false);
});

test('everything goes back, also what the device has no more', () => {
  const list = [control('a', { value: 1 }), control('b'), control('press', { type: 'button', value: 1 })];
  assert.deepEqual(defaultsOf({ controls: list, stored: { old: 3 } }), { a: null, old: null });
  assert.deepEqual(defaultsOf({ controls: [control('b')], stored: {} }), {});
});

test('numbers that are typed have to fit', () => {
  const c = control('a', { min: -10, max: 10, step: 5 });
  for (const [text, want] of [['-10', ''], ['5', ''], ['', 'must be a whole number'], [' ', 'must be a whole number'], ['x', 'must be a whole number'],
    ['1.5', 'must be a whole number'], ['11', 'must be from -10 to 10'], ['-15', 'must be from -10 to 10'], ['4', 'must be -10 plus a multiple of 5']]) {
    assert.equal(faultOf(c, text), want, text);
  }
  assert.equal(faultOf(control('a', { step: 0 }), '7'), '');
});

test('faults find their control by its name', () => {
  assert.deepEqual([...faultsOf([{ pointer: '/gain', detail: 'x' }, { pointer: '/a~1b~0', detail: 'y' }])], [['gain', 'x'], ['a/b~', 'y']]);
});
