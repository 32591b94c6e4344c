// @ts-check
import assert from 'node:assert/strict';
import test from 'node:test';

process.env.TZ = 'Europe/Berlin';
const { dayOf, holding, moved, placeOf, shortest, ticksOf, timeAt, zoomed } = await import('../static/axis.js');

const hour = 3_600_000;
const at = (/** @type {string} */ text) => Date.parse(text);
const local = (/** @type {number} */ ms) => new Date(ms).toTimeString().slice(0, 8);

test('a day has 24 hours, and 23 or 25 when clocks are changed', () => {
  for (const [text, hours] of /** @type {[string, number][]} */ ([
    ['2026-03-28T12:00:00Z', 24], ['2026-03-29T12:00:00Z', 23], ['2026-10-25T00:30:00Z', 25], ['2026-10-24T22:30:00Z', 25], ['2026-12-31T23:30:00Z', 24],
  ])) {
    const { from, to } = dayOf(at(text));
    assert.equal((to - from) / hour, hours, text);
    assert.equal(local(from), '00:00:00', text);
    assert.ok(from <= at(text) && at(text) < to, text);
  }
});

test('places and times are each other’s inverse', () => {
  const axis = { from: 1000, to: 5000 };
  assert.equal(placeOf(axis, 800, 2000), 200);
  assert.equal(timeAt(axis, 800, 200), 2000);
  assert.equal(timeAt(axis, 0, 0), 1000);
});

test('zooming keeps the time under the finger in its place, within bounds', () => {
  const axis = dayOf(at('2026-06-01T12:00:00Z'));
  const around = axis.from + 6 * hour;
  const near = zoomed(axis, 0.5, around);
  assert.equal(near.to - near.from, 12 * hour);
  assert.equal(placeOf(near, 1000, around), placeOf(axis, 1000, around));
  assert.equal(zoomed(axis, 1e-12, around).to - zoomed(axis, 1e-12, around).from, shortest);
  assert.equal((zoomed(axis, 1e12, around).to - zoomed(axis, 1e12, around).from) / hour, 8 * 24);
});

test('moving stays in sight of the bounds', () => {
  const bounds = { from: 0, to: 1000 };
  assert.deepEqual(moved({ from: 0, to: 400 }, 100, bounds), { from: 100, to: 500 });
  assert.deepEqual(moved({ from: 0, to: 400 }, 1e9, bounds), { from: 900, to: 1300 });
  assert.deepEqual(moved({ from: 0, to: 400 }, -1e9, bounds), { from: -300, to: 100 });
});

test('an axis follows a clock that runs out of it', () => {
  const axis = { from: 0, to: 1000 };
  assert.equal(holding(axis, 999), axis);
  assert.deepEqual(holding(axis, 1000), { from: 900, to: 1900 });
  assert.deepEqual(holding(axis, -1), { from: -901, to: 99 });
  const days = dayOf(at('2026-03-28T12:00:00Z'));
  assert.deepEqual(holding(days, days.to), dayOf(days.to));
});

test('ticks are round local times, also over a change of clocks', () => {
  const spring = ticksOf(dayOf(at('2026-03-29T12:00:00Z')), 24 * 80);
  assert.deepEqual(spring.times.map(local).slice(0, 4), ['00:00:00', '01:00:00', '03:00:00', '04:00:00']);
  const autumn = ticksOf(dayOf(at('2026-10-25T12:00:00Z')), 9 * 80);
  assert.deepEqual(autumn.times.map(local), ['00:00:00', '03:00:00', '06:00:00', '09:00:00', '12:00:00', '15:00:00', '18:00:00', '21:00:00']);
});

test('ticks are at least as far apart as asked, from a second to a week', () => {
  for (let span = shortest; span < 7 * 24 * hour; span *= 1.7) {
    const axis = { from: at('2026-06-01T10:20:30.4Z'), to: at('2026-06-01T10:20:30.4Z') + span };
    for (const width of [320, 1280, 3840]) {
      const { step, times } = ticksOf(axis, width);
      assert.ok(step / span * width >= 72, `${span} ms on ${width}`);
      assert.ok(times.length > 0 && times.length <= width / 72 + 1, `${span} ms on ${width}: ${times.length}`);
      assert.ok(times.every((t) => t >= axis.from && t < axis.to));
    }
  }
});
