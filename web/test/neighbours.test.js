import assert from 'node:assert/strict';
import test from 'node:test';
import { neighbour, placeOf, wallBefore } from '../static/neighbours.js';
import { parseView } from '../static/view.js';

const choiceOf = (query) => parseView(query).view;

const cameras = [['a', 'Door', 'in'], ['b', 'Yard', 'out'], ['c', 'Hall', 'in'], ['d', 'Back door', 'out'], ['e', 'Roof', undefined]]
  .map(([id, name, group]) => ({ id, name, group, status: { state: id === 'e' ? 'offline' : 'live' } }));

for (const [from, by, query, want] of [
  ['a', 1, '', 'b'], ['a', -1, '', 'e'], ['e', 1, '', 'a'], ['a', 1, '?group=in', 'c'], ['c', 1, '?group=in', 'a'], ['a', -1, 'group=in', 'c'],
  ['b', 1, '?group=in', 'c'], ['b', -1, '?group=in', 'a'], // it is not in the group: those around it
  ['a', 1, '?filter=DOOR', 'd'], ['a', 1, '?group=out&filter=back%20door', 'd'], ['a', 1, '?filter=offline', 'e'],
  ['a', 1, '?filter=nothing', null], ['e', 1, '?filter=offline', null], ['x', 1, '', null], ['a', 1, '?group=', 'e'], ['a', 1, '?group=IN', 'c'],
]) {
  test(`${by} from ${from} with ${query}`, () => assert.equal(neighbour(cameras, from, by, choiceOf(query))?.id ?? null, want));
}
test('a camera alone has no neighbour', () => assert.equal(neighbour(cameras.slice(0, 1), 'a', 1, choiceOf('')), null));

for (const [id, query, at, of] of [['a', '', 1, 5], ['c', '?group=in', 2, 2], ['b', '?group=in', 0, 2]]) {
  test(`the place of ${id} with ${query}`, () => assert.deepEqual(placeOf(cameras, id, choiceOf(query)), { at, of }));
}

const here = 'http://hub:8080/cameras/a';
for (const [referrer, at, entries, query, back] of [
  ['', here, 3, '', false], ['http://hub:8080/?group=in', here, 2, '?group=in', true], ['http://hub:8080/?group=in', here, 1, '?group=in', false],
  ['http://hub:8080/', `${here}?filter=x`, 2, '?filter=x', true], ['http://other/?group=in', here, 2, '', false],
  ['http://hub:8080/cameras/b?group=in', here, 2, '', false], ['no address', here, 2, '', false],
]) {
  test(`from ${referrer || 'nowhere'} to ${at}`, () => assert.deepEqual(wallBefore(referrer, at, entries), { query, back }));
}
