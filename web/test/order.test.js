import assert from 'node:assert/strict';
import test from 'node:test';
import { inOrder, moved, Order } from '../static/order.js';

const ids = ['a', 'b', 'c', 'd'];
const list = ids.map((id) => ({ id }));
const names = (cameras) => cameras.map((c) => c.id).join('');

test('a camera moves before or behind another', () => {
  for (const [id, target, after, want] of [
    ['a', 'c', false, 'bacd'], ['a', 'c', true, 'bcad'], ['d', 'a', false, 'dabc'], ['d', 'a', true, 'adbc'],
    ['a', 'b', false, 'abcd'], ['b', 'a', true, 'abcd'], ['a', 'a', true, 'abcd'], ['x', 'a', true, 'abcd'], ['a', 'x', true, 'abcd'],
  ]) assert.equal(moved(ids, id, target, after).join(''), want, `${id} ${after ? 'after' : 'before'} ${target}`);
  assert.deepEqual(ids, ['a', 'b', 'c', 'd']);
});

test('what an order does not name stands at the end, as it was', () => {
  assert.equal(names(inOrder(list, ['d', 'b'])), 'dbac');
  assert.equal(names(inOrder(list, [])), 'abcd');
});

/** A hub that stores an order when the test says so. */
function setup() {
  const asked = [];
  const order = new Order((sent) => new Promise((done, fail) => asked.push({ sent: sent.join(''), done, fail })));
  return { order, asked, shown: () => names(order.sorted(list)) };
}

test('an order is shown at once, and no longer when the hub has it', async () => {
  const { order, asked, shown } = setup();
  const stored = order.set(['b', 'a', 'c', 'd']);
  assert.equal(shown(), 'bacd');
  asked[0].done();
  await stored;
  assert.equal(shown(), 'abcd');
});

test('an order that the hub refuses is taken back, and told', async () => {
  const { order, asked, shown } = setup();
  const stored = order.set(['b', 'a', 'c', 'd']);
  asked[0].fail(new Error('no'));
  await assert.rejects(stored, /no/);
  assert.equal(shown(), 'abcd');
  const again = order.set(['d', 'c', 'b', 'a']);
  assert.equal(asked[1].sent, 'dcba');
  asked[1].done();
  await again;
});

test('of many orders the newest is stored last', async () => {
  const { order, asked, shown } = setup();
  const all = ['bacd', 'bcad', 'bcda'].map((text) => order.set([...text]));
  assert.equal(shown(), 'bcda');
  assert.deepEqual(asked.map((a) => a.sent), ['bacd']);
  asked[0].done();
  await new Promise((done) => setImmediate(done));
  assert.deepEqual(asked.map((a) => a.sent), ['bacd', 'bcda']);
  assert.equal(shown(), 'bcda');
  asked[1].done();
  await Promise.all(all);
  assert.equal(asked.length, 2);
});
