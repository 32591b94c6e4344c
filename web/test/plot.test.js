import assert from 'node:assert/strict';
import test from 'node:test';
import { ceiling, line, recent, span } from '../static/plot.js';

for (const [value, want] of [[0, 1], [-1, 1], [NaN, 1], [0.03, 0.05], [1, 1], [4.2, 5], [9.99, 10], [10, 10], [10.1, 20], [8123456, 10e6]]) {
  test(`the top over ${value}`, () => assert.equal(Math.round(ceiling(value) * 1e6), Math.round(want * 1e6)));
}

test('old samples go', () => {
  const samples = [0, 1000, span, span + 1000].map((at) => ({ at, value: 1 }));
  assert.deepEqual(recent(samples, span + 500).map(({ at }) => at), [1000, span, span + 1000]);
});

test('now is at the right, the top value at the top', () => {
  const now = 1e6;
  const d = line([{ at: now - span, value: 0 }, { at: now - span + 1000, value: 5 }, { at: now - span + 2000, value: 10 }], now, 10);
  assert.equal(d, 'M0.0 40.0h0L2.0 20.0L4.0 0.0');
  assert.equal(line([{ at: now, value: 99 }], now, 10), 'M240.0 0.0h0');
  assert.equal(line([], now, 10), '');
});

test('the line breaks where nothing was known', () => {
  const breaks = (samples) => line(samples.map(([at, value]) => ({ at, value })), 60e3, 10).match(/M/g)?.length ?? 0;
  assert.equal(breaks([[0, 1], [1000, 2], [2000, 3]]), 1);
  assert.equal(breaks([[0, 1], [1000, null], [2000, 3]]), 2);
  assert.equal(breaks([[0, 1], [20e3, 2]]), 2); // the page was hidden
  assert.equal(breaks([[0, null]]), 0);
});
