import assert from 'node:assert/strict';
import test from 'node:test';
import { caughtUp, merged, sentence } from '../static/lately.js';

for (const [event, want] of [
  [{ type: 'online' }, 'Gives pictures'], [{ type: 'online', duration_ms: 75e3 }, 'Back after 1 min 15 s offline'],
  [{ type: 'offline', reason: { code: 'refused', message: 'It refused.' }, duration_ms: 5 }, 'Went offline: It refused.'],
  [{ type: 'recording_failed', reason: { code: 'disk_full', message: 'The disk is full.' } }, 'Can’t be recorded any more: The disk is full.'],
  [{ type: 'offline' }, 'Went offline'], [{ type: 'added' }, 'Was added'], [{ type: 'motion' }, 'motion'],
]) {
  test(`${JSON.stringify(event)}`, () => assert.equal(sentence({ id: 1, time: '', camera: 'a', ...event }), want));
}

test('events are listed once, newest first, and not without bound', () => {
  const events = (...ids) => ids.map((id) => ({ id }));
  assert.deepEqual(merged(events(5, 3), events(4, 5, 1)).map((e) => e.id), [5, 4, 3, 1]);
  const many = events(...Array.from({ length: 700 }, (_, i) => i));
  assert.equal(merged(many, events(700)).length, 500);
  assert.equal(merged(many, events(700))[0].id, 700);
});

for (const [what, has, known, answer, want] of [
  ['the first answer', [], 0, [3, 2], { whole: false, ids: [3, 2] }],
  ['one with what is known', [3, 2, 1], 3, [5, 4, 3], { whole: true, ids: [5, 4, 3, 2, 1] }],
  ['one with others between', [3, 2, 1], 3, [9, 8], { whole: false, ids: [9, 8] }],
  ['one that an event has overtaken', [4], 0, [3, 2], { whole: false, ids: [4, 3, 2] }],
  ['the same with others between', [10, 3, 2], 3, [9, 8], { whole: false, ids: [10, 9, 8] }],
]) {
  test(`${what} is caught up with`, () => {
    const { whole, events } = caughtUp(has.map((id) => ({ id })), known, answer.map((id) => ({ id })));
    assert.deepEqual({ whole, ids: events.map(({ id }) => id) }, want);
  });
}
