import assert from 'node:assert/strict';
import test from 'node:test';
import { clockElsewhere, formatPlan, minutesOn, never, parsePlan, setHour } from '../static/schedule.js';

/** Plans, and how they are written when they are made of their minutes. */
const plans = {
  'mon-fri 08:00-18:00': 'mon-fri 08:00-18:00',
  'MON 08:00-09:00,  tue 08:00-09:00': 'mon-tue 08:00-09:00',
  'mon-fri 08:00-18:00, sat 10:00-14:00': 'mon-fri 08:00-18:00, sat 10:00-14:00',
  'sat 22:00-02:00': 'sat 22:00-02:00',
  'daily 22:00-06:00': 'daily 22:00-06:00',
  'sun 23:00-01:00': 'sun 23:00-01:00',
  'daily 00:00-24:00': 'daily 00:00-24:00',
  'daily 08:00-08:00': 'daily 00:00-24:00',
  'fri-mon 10:00-11:00': 'mon 10:00-11:00, fri-sun 10:00-11:00',
  'mon 08:00-24:00, tue-thu 00:00-24:00, fri 00:00-18:00': 'mon 08:00-24:00, tue-thu 00:00-24:00, fri 00:00-18:00',
  'sat-sun 00:00-24:00': 'sat-sun 00:00-24:00',
  'mon 08:00-08:00': 'mon 08:00-08:00',
  'wed 08:30-08:31': 'wed 08:30-08:31',
  'mon 22:00-24:00': 'mon 22:00-24:00',
};
for (const [text, want] of Object.entries(plans)) {
  test(`plan ${text}`, () => {
    const { on, fault } = parsePlan(text);
    assert.equal(fault, '');
    assert.equal(formatPlan(on), want);
    assert.deepEqual(parsePlan(want).on, on);
  });
}

// What the hub refuses too: internal/schedule has the same list.
for (const text of ['', ',', 'mon', 'mon 08:00', '08:00-18:00', 'mon 8:00-18:00', 'mon 08:00-25:00', 'mon 08:60-09:00', 'mon 24:00-25:00',
  'mon 24:00-08:00', 'mo 08:00-09:00', 'mon-xxx 08:00-09:00', 'mon-tue-wed 08:00-09:00', 'mon 08:00-09:00,', 'mon 08:00 - 09:00', 'mon +8:00-09:00', 'mon 08:00-09:00;tue 08:00-09:00']) {
  test(`bad plan ${text}`, () => assert.notEqual(parsePlan(text).fault, ''));
}
test('a fault names its part', () => assert.match(parsePlan('mon 08:00-09:00, tue 9-10').fault, /^part 2: .*9-10/));

test('whatever is painted can be read again', () => {
  let seed = 1;
  const random = () => (seed = seed * 48271 % 2147483647) / 2147483647;
  for (let round = 0; round < 200; round++) {
    const on = never();
    for (let i = 0; i < 1 + round % 40; i++) setHour(on, Math.floor(random() * 7), Math.floor(random() * 24), random() < 0.8);
    const text = formatPlan(on);
    if (text === '') assert.ok(on.every((v) => v === 0));
    else assert.deepEqual(parsePlan(text), { on, fault: '' }, text);
  }
});

test('an hour that is on in part stays so beside one that is painted', () => {
  const { on } = parsePlan('mon 08:30-09:00');
  assert.equal(minutesOn(on, 0, 8), 30);
  setHour(on, 0, 9, true);
  assert.equal(formatPlan(on), 'mon 08:30-10:00');
  setHour(on, 0, 9, false);
  assert.equal(formatPlan(on), 'mon 08:30-09:00');
});

for (const [text, here, want] of [
  ['2026-01-02T17:00:05+01:00', 60, null], ['2026-01-02T17:00:05+01:00', 0, { clock: '17:00', zone: 'UTC+01:00' }],
  ['2026-01-02T17:00:05Z', 0, null], ['2026-01-02T17:00:05Z', -210, { clock: '17:00', zone: 'UTC' }],
  ['2026-01-02T12:30:05-03:30', -210, null], ['2026-01-02T12:30:05-03:30', 210, { clock: '12:30', zone: 'UTC-03:30' }], ['', 0, null],
]) {
  test(`${text || 'nothing'} ${here} minutes ahead of UTC`, () => assert.deepEqual(clockElsewhere(text, here), want));
}
