// @ts-check
import assert from 'node:assert/strict';
import test from 'node:test';

import { faster, Playback } from '../static/playback.js';

/** @returns {{p: Playback, sent: any[], frame: () => void}} */
function begin() {
  /** @type {any[]} */
  const sent = [];
  /** @type {(() => void)[]} */
  const frames = [];
  const p = new Playback((m) => sent.push(m), () => 1_000_000, (then) => frames.push(then));
  return { p, sent, frame: () => frames.splice(0).forEach((f) => f()) };
}

test('of many seeks in one frame the hub gets the newest', () => {
  const { p, sent, frame } = begin();
  for (const ms of [1000, 2000, 3000]) p.seek(ms);
  assert.equal(p.now(), 3000);
  frame();
  assert.deepEqual(sent, [{ op: 'seek', at: '1970-01-01T00:00:03.000Z' }]);
});

test('nobody can seek into the future', () => {
  const { p, frame, sent } = begin();
  p.seek(9e9);
  frame();
  assert.equal(sent[0].at, new Date(1_000_000).toISOString());
});

test('while a person drags, the clock is where the finger is', () => {
  const { p } = begin();
  p.scrub(true);
  p.seek(5000);
  p.take({ live: false, at: '1970-01-01T00:00:01Z', speed: 1, playing: true });
  p.take({ live: true, playing: false });
  assert.equal(p.now(), 5000);
  assert.equal(p.live, false);
});

test('a lost connection is told where the clock was', () => {
  const { p, sent } = begin();
  p.renew();
  assert.deepEqual(sent, []);
  p.take({ live: false, at: '1970-01-01T00:00:01Z', speed: -2, playing: false });
  p.renew();
  assert.deepEqual(sent, [{ op: 'seek', at: '1970-01-01T00:00:01.000Z' }, { op: 'speed', speed: -2 }]);
});

test('gears go up to 32, and turn round at once', () => {
  assert.equal(faster(1, 1), 2);
  assert.equal(faster(32, 1), 32);
  assert.equal(faster(4, -1), -1);
  assert.equal(faster(-1, -1), -2);
});
