// @ts-check
import assert from 'node:assert/strict';
import test from 'node:test';

import { commonGaps, gapAt, hasAt, readRecordings, stretchesOf } from '../static/stretches.js';

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
