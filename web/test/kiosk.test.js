import assert from 'node:assert/strict';
import test from 'node:test';
import { nextStop, Turns } from '../static/kiosk.js';

test('a kiosk goes through the pages of a group and then to the next', () => {
  const pages = { a: 2, b: 1, '': 3 };
  let stop = { group: null, page: 0 };
  const seen = [];
  for (let i = 0; i < 7; i++) {
    stop = nextStop(stop, pages[stop.group] ?? 1, ['a', 'b', '']);
    seen.push(`${stop.group}${stop.page}`);
  }
  assert.deepEqual(seen, ['a0', 'a1', 'b0', '0', '1', '2', 'a0']);
});

test('it goes back the same way', () => {
  assert.deepEqual(nextStop({ group: 'b', page: 1 }, 2, ['a', 'b'], -1), { group: 'b', page: 0 });
  assert.deepEqual(nextStop({ group: 'b', page: 0 }, 2, ['a', 'b'], -1), { group: 'a', page: Infinity }); // the last page
});

test('without groups, or with a single one, it goes around', () => {
  assert.deepEqual(nextStop({ group: null, page: 1 }, 2, []), { group: null, page: 0 });
  assert.deepEqual(nextStop({ group: 'a', page: 1 }, 2, ['a']), { group: 'a', page: 0 });
});

test('a group that is gone is left', () => {
  assert.deepEqual(nextStop({ group: 'gone', page: 0 }, 1, ['a', 'b']), { group: 'a', page: 0 });
});

test('turns come at their interval, from the last one by hand, and only when seen', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  globalThis.document = { hidden: false };
  t.after(() => delete globalThis.document);
  let turned = 0;
  const turns = new Turns(5000, () => turned++);
  t.mock.timers.tick(4999);
  assert.equal(turned, 0);
  t.mock.timers.tick(1);
  assert.equal(turned, 1);
  t.mock.timers.tick(4000);
  turns.restart();
  t.mock.timers.tick(4999);
  assert.equal(turned, 1);
  globalThis.document.hidden = true;
  t.mock.timers.tick(60000);
  assert.equal(turned, 1);
  new Turns(0, () => turned++);
  t.mock.timers.tick(60000);
  assert.equal(turned, 1);
});
