import assert from 'node:assert/strict';
import test from 'node:test';
import { share } from '../static/share.js';

const cases = [
  ['one window gets what it wants', { a: 3 }, 4, { a: 3 }],
  ['and no more than there is', { a: 9 }, 4, { a: 4 }],
  ['two windows get half each', { b: 9, a: 9 }, 4, { a: 2, b: 2 }],
  ['what one leaves goes to the other', { a: 1, b: 9 }, 4, { a: 1, b: 3 }],
  ['the remainder goes to the smallest id', { c: 4, b: 4, a: 4 }, 4, { a: 2, b: 1, c: 1 }],
  ['more windows than slots', { a: 1, b: 1, c: 1 }, 2, { a: 1, b: 1, c: 0 }],
  ['nobody wants any', { a: 0 }, 4, { a: 0 }],
];
for (const [name, wants, total, want] of cases) {
  test(name, () => {
    const viewers = Object.entries(wants).map(([id, n]) => ({ id, wants: n }));
    assert.deepEqual(Object.fromEntries(share(viewers, total)), want);
  });
}
