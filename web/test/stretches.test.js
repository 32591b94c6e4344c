// @ts-check
import assert from 'node:assert/strict';
import test from 'node:test';

import { commonGaps, gapAt, hasAt, rangeAround, readRecordings, stepOf, stretchesOf } from '../static/stretches.js';

const off = { code: 'off', message: 'Recording was off.' };
const away = { code: 'camera_offline', message: 'The camera was offline.' };
const a = { camera: 'a', ranges: [{ from: 0, to: 10 }, { from: 20, to: 30 }], gaps: [{ from: 10, to: 20, reason: away }] };
const b = { camera: 'b', ranges: [{ from: 5, to: 12 }], gaps: [{ from: 12, to: 40, reason: off }] };

test('stretches say how many cameras have something', () => {
  assert.deepEqual(stretchesOf([a, b]), [
    { from: 0, to: 5, cameras: 1 }, { from: 5, to: 10, cameras: 2 }, { from: 10, to: 12, cameras: 1 }, { from: 20, to: 30, cameras: 1 },
  ]);
  assert.deepEqual(stretchesOf([]), []);
  const meeting = { camera: 'c', ranges: [{ from: 0, to: 5 }, { from: 5, to: 9 }], gaps: [] };
  assert.deepEqual(stretchesOf([meeting]), [{ from: 0, to: 9, cameras: 1 }]);
});

test('common gaps are those of all cameras, with each reason once', () => {
  assert.deepEqual(commonGaps([a, b]), [{ from: 12, to: 20, reasons: [away, off] }, { from: 30, to: 40, reasons: [off] }]);
  assert.deepEqual(commonGaps([a]), [{ from: 10, to: 20, reasons: [away] }]);
});

test('a gap holds its beginning and not its end', () => {
  assert.equal(gapAt(a, 10)?.reason, away);
  assert.equal(gapAt(a, 20), null);
  assert.ok(hasAt(a, 20) && !hasAt(a, 15));
});

test('answers of the hub are read with times in ms', () => {
  const got = readRecordings({ cameras: [{ camera: 'a', ranges: [{ from: '1970-01-01T00:00:01Z', to: '1970-01-01T00:00:02.5Z', bytes: 1, pictures: 1 }], gaps: [] }] });
  assert.deepEqual([got[0].ranges[0].from, got[0].ranges[0].to], [1000, 2500]);
});

const minute = 60_000;
const day = 24 * 60 * minute;
const whole = { from: 0, to: day };
const of = (from, to, cameras = 1) => ({ from: from * minute, to: to * minute, cameras });
for (const [name, at, seen, stretches, now, from, to] of [
  ['two minutes of a day, around the instant', 600, whole, [of(0, 1440)], 1440, 599, 601],
  ['up to now', 600, whole, [of(0, 600)], 600, 598, 600],
  ['within what is recorded', 600.5, whole, [of(600, 700)], 1440, 600, 602],
  ['all of what is recorded, when that is short', 600, whole, [of(599.5, 600.5)], 1440, 599.5, 600.5],
  ['the nearest recording', 600, whole, [of(0, 100), of(700, 720)], 1440, 700, 702],
  ['a part of what is seen', 600, { from: 596 * minute, to: 604 * minute }, [of(0, 1440)], 1440, 599.5, 600.5],
  ['over the beginning of another camera', 600, whole, [of(500, 600, 1), of(600, 700, 2)], 1440, 599, 601],
  ['around the instant where nothing is recorded', 600, whole, [], 1440, 599, 601],
  ['before now where nothing is recorded', 600, whole, [], 600, 598, 600],
  ['only what is seen', 600, { from: 590 * minute, to: 610 * minute }, [of(0, 580), of(605, 606)], 1440, 605, 606],
]) {
  test(`what is marked first: ${name}`, () => {
    const got = rangeAround(at * minute, seen, stretches, now * minute);
    assert.deepEqual([got.from / minute, got.to / minute], [from, to]);
  });
}

for (const [key, shiftKey, length, want] of [
  ['ArrowRight', false, 120, 12], ['ArrowLeft', false, 120, -12], ['ArrowUp', false, 2, 1], ['ArrowDown', true, 120, -1],
  ['ArrowRight', false, 36_000, 1728], ['PageUp', false, 120, 1728], ['PageDown', true, 120, -1728], ['Home', false, 120, 0],
]) {
  test(`${shiftKey ? 'Shift and ' : ''}${key} moves an end of a range of ${length} s by ${want} s`, () => {
    const seen = { from: 0, to: 86_400_000 };
    assert.equal(stepOf({ key, shiftKey }, { from: 5000, to: 5000 + length * 1000 }, seen) / 1000, want);
  });
}
