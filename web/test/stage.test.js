import assert from 'node:assert/strict';
import test from 'node:test';
import { rateOf } from '../static/stage.js';

for (const [times, now, want, why] of [
  [[], 1500, null, 'without any, on a page that has just begun'], [[1400], 1500, null, 'of one'], [[900, 1400], 1500, null, 'of too short a time'],
  [[0, 500, 1000, 1500], 1600, 2, 'of two a second'], [[0, 250, 1000], 2999, 2, 'that end a while ago'], [[0, 500, 1000], 3001, null, 'that ended long ago'],
]) {
  test(`the rate ${why}`, () => assert.equal(rateOf(times, now), want));
}
