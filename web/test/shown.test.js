import assert from 'node:assert/strict';
import test from 'node:test';
import { moment } from '../static/format.js';
import { shownNow, titleOf } from '../static/shown.js';

const now = new Date(2026, 0, 2, 12, 4, 5).getTime();
const at = now - 86400e3;
const then = moment(at, now);
const recorded = (/** @type {boolean} */ playing, blank = false) => ({ at, playing, blank });

for (const [name, looks, text, title] of [
  ['live', { state: 'live' }, 'Live', 'Yard – camhub'],
  ['offline', { state: 'offline' }, 'Offline', 'Yard – camhub'],
  ['held', { state: 'live', held: at }, `Paused at ${then}`, `Yard: Paused at ${then} – camhub`],
  ['held, and asleep since', { state: 'idle', held: at }, `Paused at ${then}`, `Yard: Paused at ${then} – camhub`],
  ['played', { state: 'live', replay: recorded(true) }, `Recorded ${then}`, `Yard: Recorded ${then} – camhub`],
  ['played of a camera that is offline', { state: 'offline', replay: recorded(true) }, `Recorded ${then}`, `Yard: Recorded ${then} – camhub`],
  ['standing still', { state: 'live', replay: recorded(false) }, `Recorded ${then}, paused`, `Yard: Recorded ${then}, paused – camhub`],
  ['not recorded', { state: 'live', replay: recorded(false, true) }, `Nothing recorded at ${then}`, `Yard: Nothing recorded at ${then} – camhub`],
]) {
  test(`what is shown: ${name}`, () => {
    const shown = shownNow({ held: null, replay: null, now, ...looks });
    assert.equal(shown.text, text);
    assert.equal(titleOf('Yard', shown), title);
  });
}
