import assert from 'node:assert/strict';
import test from 'node:test';
import { dayCount, megabits, rate, secondsUntil, size, span } from '../static/format.js';

for (const [ms, want] of [[-5, '0 s'], [2999, '2 s'], [60e3, '1 min'], [3599e3, '59 min'], [3600e3, '1 h'], [47 * 3600e3, '47 h'], [48 * 3600e3, '2 days']]) {
  test(`span ${ms}`, () => assert.equal(span(ms), want));
}
for (const [bits, want] of [[0, '0.00 Mbit/s'], [8123456, '8.12 Mbit/s'], [48e6, '48.0 Mbit/s']]) {
  test(`megabits ${bits}`, () => assert.equal(megabits(bits), want));
}
for (const [fps, want] of [[0, '0'], [14.94, '14.9'], [24.98, '25']]) {
  test(`rate ${fps}`, () => assert.equal(rate(fps), want));
}
test('the next try counts down and ends at 0', () => {
  const at = '2026-01-02T15:04:05.500Z';
  assert.equal(secondsUntil(at, Date.parse(at) - 1200), 2);
  assert.equal(secondsUntil(at, Date.parse(at) + 5000), 0);
  assert.equal(secondsUntil(null, 0), 0);
});
for (const [bytes, want] of [[0, '0 bytes'], [999, '999 bytes'], [1000, '1.0 kB'], [1234567, '1.2 MB'], [999.6e6, '1.0 GB'], [123.4e9, '123 GB'], [2.5e12, '2.5 TB'], [-1, '0 bytes']]) {
  test(`size ${bytes}`, () => assert.equal(size(bytes), want));
}
for (const [days, want] of [[0.5, '12 h'], [1, '1 day'], [3.29, '3.2 days'], [41.9, '41 days']]) {
  test(`days ${days}`, () => assert.equal(dayCount(days), want));
}
