import assert from 'node:assert/strict';
import test from 'node:test';
import { Slots } from '../static/slots.js';

/** The windows of a browser, as one of them sees the others. */
class Windows {
  id = 'me';
  total = 4;
  others = [];
  wants = 0;
  taken = 0;
  free = 4;

  announce = async (wants) => { this.wants = wants; };
  list = async () => (this.wants > 0 ? [...this.others, { id: 'me', wants: this.wants }] : this.others);
  take = async () => {
    if (this.taken === this.free) return null;
    this.taken++;
    return () => { this.taken--; };
  };
}

/** Lets everything that waits for nothing but promises go on. */
const settle = () => new Promise((done) => setImmediate(done));

function setup(t) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const windows = new Windows();
  const counts = [];
  const slots = new Slots((n) => counts.push(n), windows);
  t.after(() => slots.want(0));
  const second = async () => {
    t.mock.timers.tick(1000);
    await settle();
  };
  return { windows, counts, slots, second };
}

test('a window that is alone takes what it wants and gives all back', async (t) => {
  const { windows, counts, slots } = setup(t);
  slots.want(3);
  await settle();
  assert.deepEqual(counts, [1, 2, 3]);
  slots.want(0);
  await settle();
  assert.equal(counts.at(-1), 0);
  assert.equal(windows.taken, 0);
  assert.equal(windows.wants, 0);
});

test('a newcomer gets half, and feeds are closed before slots are given back', async (t) => {
  const { windows, slots, second } = setup(t);
  const seen = [];
  const watched = new Slots((n) => seen.push([n, windows.taken]), windows);
  t.after(() => watched.want(0));
  slots.want(0);
  watched.want(4);
  await settle();
  windows.others = [{ id: 'other', wants: 9 }];
  await second();
  assert.deepEqual(seen.at(-1), [2, 4]);
  assert.equal(windows.taken, 2);
});

test('a slot that another window still holds is asked for again', async (t) => {
  const { windows, counts, slots, second } = setup(t);
  windows.free = 1;
  slots.want(4);
  await settle();
  assert.equal(counts.at(-1), 1);
  windows.free = 4;
  await second();
  assert.equal(counts.at(-1), 4);
});

test('a change of mind while it asks is not lost', async (t) => {
  const { windows, counts, slots } = setup(t);
  slots.want(4);
  slots.want(1);
  await settle();
  assert.equal(counts.at(-1), 1);
  assert.equal(windows.taken, 1);
});
