import assert from 'node:assert/strict';
import test from 'node:test';
import { merged, sentence } from '../static/lately.js';

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
