import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { age, clock, dayCount, exact, fileName, instant, length, megabits, moment, range, rate, secondsUntil, shortDate, size, span, tick } from '../static/format.js';

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
  assert.equal(moment(noon, noon + 3600e3), clock(noon));
  assert.equal(moment(noon, noon + 86400e3), instant(noon));
  assert.notEqual(instant(noon), clock(noon));
  assert.match(clock(noon), /12.04.05/);
});
test('a short date has no year in that year', () => {
  assert.doesNotMatch(shortDate(noon, noon + 3600e3), /2026/);
  assert.match(shortDate(noon, noon - 30 * 86400e3), /2026/);
});
test('ticks have what differs between them', () => {
  assert.equal(tick(noon - 12 * 3600e3 - 245e3, 3600e3), tick(noon, 86400e3));
  assert.match(tick(noon, 60e3), /12.04/);
  assert.doesNotMatch(tick(noon, 60e3), /05/);
  assert.equal(tick(noon, 1000), clock(noon));
  assert.match(tick(noon + 300, 100), /05[.,]3/);
});
test('no instant is no text', () => assert.equal(exact(''), ''));
test('a range whose end was pulled before its beginning is no error', () => assert.equal(range(noon, noon - 1000), range(noon - 1000, noon - 1000)));

/** What another person's browser would write. */
function elsewhere(locale, zone, expression) {
  const script = `import(${JSON.stringify(new URL('../static/format.js', import.meta.url).href)}).then((f) => process.stdout.write(JSON.stringify(${expression})))`;
  const env = { ...process.env, LC_ALL: locale, TZ: zone };
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8' })).map((text) => text.replace(/[\u2009\u202f\u00a0]/g, ' '));
}
const evening = Date.UTC(2026, 0, 2, 17, 4, 5);
for (const [locale, zone, want] of [
  ['en_US.UTF-8', 'America/New_York', ['12:04:05 PM', 'Fri, Jan 2, 2026', 'Jan 2, 2026, 12:04:05 PM', 'Jan 2, 2026, 12:04:05 PM EST', 'Jan 2, 2026, 12:04:05 PM – 12:06:05 PM EST']],
  ['en_GB.UTF-8', 'Europe/London', ['17:04:05', 'Fri, 2 Jan 2026', '2 Jan 2026, 17:04:05', '2 Jan 2026, 17:04:05 GMT', '2 Jan 2026, 17:04:05 – 17:06:05 GMT']],
  ['de_DE.UTF-8', 'Europe/Berlin', ['18:04:05', 'Fr., 2. Jan. 2026', '02.01.2026, 18:04:05', '02.01.2026, 18:04:05 MEZ', '02.01.2026, 18:04:05 – 18:06:05 MEZ']],
]) {
  test(`times in ${locale}, ${zone}`, () => {
    const iso = new Date(evening).toISOString();
    const got = elsewhere(locale, zone, `[f.clock(${evening}), f.date(${evening}), f.instant(${evening}), f.exact('${iso}'), f.range(${evening}, ${evening + 120e3})]`);
    assert.deepEqual(got, want);
  });
}
test('an hour that comes twice has its zone', () => {
  const before = Date.UTC(2026, 9, 25, 0, 30); // clocks go back at 01:00 UTC
  const got = elsewhere('en_GB.UTF-8', 'Europe/Berlin', `[${before}, ${before + 3600e3}, ${before + 7200e3}].map(f.instant)`);
  assert.deepEqual(got, ['25 Oct 2026, 02:30:00 CEST', '25 Oct 2026, 02:30:00 CET', '25 Oct 2026, 03:30:00']);
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
