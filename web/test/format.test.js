import assert from 'node:assert/strict';
import test from 'node:test';
import { age, clock, dayCount, fileName, length, megabits, moment, rate, secondsUntil, size, span } from '../static/format.js';

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

for (const [ms, want] of [[-3, '0 ms'], [79.6, '80 ms'], [1000, '1.0 s'], [9940, '9.9 s'], [9960, '9 s'], [61e3, '1 min']]) {
  test(`age ${ms}`, () => assert.equal(age(ms), want));
}
for (const [ms, want] of [[400, '0 s'], [59400, '59 s'], [60e3, '1 min'], [75e3, '1 min 15 s'], [3600e3, '1 h'], [7500e3, '2 h 5 min'], [86400e3, '1 day'], [90000e3, '1 day 1 h']]) {
  test(`length ${ms}`, () => assert.equal(length(ms), want));
}
const noon = new Date(2026, 0, 2, 12, 4, 5).getTime();
test('a moment of today is a time, another has its day', () => {
  assert.equal(clock(noon), '12:04:05');
  assert.equal(moment(noon, noon + 3600e3), '12:04:05');
  assert.equal(moment(noon, noon + 86400e3), '2026-01-02 12:04:05');
});
for (const [name, want] of [
  ['Front door', 'Front door'], ['a/b\\c:d*e?f"g<h>i|j', 'a-b-c-d-e-f-g-h-i-j'], ['../../etc', 'etc'], ['..', 'camera'], ['', 'camera'],
  ['\u0000\n', 'camera'], ['Türe 門', 'Türe 門'], ['😀'.repeat(100), '😀'.repeat(60)],
]) {
  test(`the file of ${JSON.stringify(name)}`, () => assert.equal(fileName(name, noon), `${want} 2026-01-02 12-04-05.jpg`));
}
for (const [bytes, want] of [[0, '0 bytes'], [999, '999 bytes'], [1000, '1.0 kB'], [1234567, '1.2 MB'], [999.6e6, '1.0 GB'], [123.4e9, '123 GB'], [2.5e12, '2.5 TB'], [-1, '0 bytes']]) {
  test(`size ${bytes}`, () => assert.equal(size(bytes), want));
}
for (const [days, want] of [[0.5, '12 h'], [1, '1 day'], [3.29, '3.2 days'], [41.9, '41 days']]) {
  test(`days ${days}`, () => assert.equal(dayCount(days), want));
}
