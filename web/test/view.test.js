import assert from 'node:assert/strict';
import test from 'node:test';
import { parseView, searchOf } from '../static/view.js';

const read = (search) => parseView(search).view;

test('an address says what is seen', () => {
  assert.deepEqual(parseView(''), {
    view: { layout: 'auto', large: '', group: null, filter: '', page: 0, kiosk: false, rotate: 0 }, faults: [],
  });
  assert.deepEqual(read('?layout=focus&large=door&group=outside&filter=no+picture&page=3&kiosk=1&rotate=20s'),
    { layout: 'focus', large: 'door', group: 'outside', filter: 'no picture', page: 2, kiosk: true, rotate: 20000 });
  assert.equal(read('?group=').group, '');
});

test('times are read as people write them', () => {
  for (const [text, ms] of [['20s', 20000], ['20', 20000], ['1m', 60000], ['1m30s', 90000], ['1h', 3600000], ['2.5s', 2500], ['0', 0], ['0s', 0], [' 5s', 5000]]) {
    assert.deepEqual(parseView(`?rotate=${encodeURIComponent(text)}`).faults, [], text);
    assert.equal(read(`?rotate=${encodeURIComponent(text)}`).rotate, ms, text);
  }
});

test('what can not be read is named and left as usual', () => {
  for (const [name, value] of [
    ['rotate', 'fast'], ['rotate', ''], ['rotate', '-5s'], ['rotate', '1s'], ['rotate', '1e9'], ['rotate', '25h'], ['rotate', 's'], ['rotate', 'NaN'],
    ['layout', '5'], ['layout', 'columns-13'], ['layout', 'columns-0'], ['layout', '__proto__'],
    ['page', '0'], ['page', '-1'], ['page', '1.5'], ['page', 'x'], ['kiosk', '2'],
  ]) {
    const { view, faults } = parseView(`?${name}=${encodeURIComponent(value)}`);
    assert.deepEqual(faults, [{ name, value }], `${name}=${value}`);
    assert.deepEqual(view, read(''), `${name}=${value}`);
  }
});

test('texts without an end are cut', () => {
  assert.equal(read(`?filter=${'x'.repeat(100000)}`).filter.length, 200);
});

test('a view and its address say the same', () => {
  for (const search of ['', '?layout=4&page=2', '?layout=focus&large=a', '?group=', '?group=a%26b&filter=%C3%BC+x', '?kiosk=1&rotate=20s']) {
    assert.deepEqual(read(searchOf(read(search), search)), read(search), search);
  }
});

test('an address keeps what is not of the wall, and drops what is usual', () => {
  assert.equal(searchOf(read('?layout=4'), '?theme=x'), '?theme=x&layout=4');
  assert.equal(searchOf(read(''), '?layout=4&page=3&group=a'), '');
  assert.equal(searchOf({ ...read('?kiosk=1&rotate=20s'), kiosk: false }, '?kiosk=1&rotate=20s'), '');
});
