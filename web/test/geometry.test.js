import assert from 'node:assert/strict';
import test from 'node:test';
import { dropAt, neighbour } from '../static/geometry.js';
import { layOut } from '../static/layout.js';

const wide = 16 / 9;
const steps = (places, from, keys) => keys.reduce((at, key) => neighbour(places, at, `Arrow${key}`), from);

test('arrows go through a grid as it is seen', () => {
  const { places } = layOut('9', new Array(8).fill(wide), 1600, 830); // 0 1 2, 3 4 5, 6 7
  for (const [from, keys, to] of [
    [0, ['Right'], 1], [1, ['Right'], 2], [2, ['Right'], -1], [4, ['Left'], 3], [3, ['Left'], -1],
    [0, ['Down'], 3], [4, ['Down'], 7], [5, ['Down'], 7], [6, ['Down'], -1], [7, ['Up'], 4], [1, ['Up'], -1],
    [0, ['Down', 'Down', 'Right', 'Up', 'Up', 'Left'], 0],
  ]) assert.equal(steps(places, from, keys), to, `${from} ${keys}`);
});

test('left and right stay in the row', () => {
  const { places } = layOut('auto', new Array(7).fill(wide), 1588, 838); // 0 1 2, 3 4 5, and 6 in the middle
  assert.ok(places[6].x > places[3].x && places[6].x + places[6].width < places[5].x + places[5].width);
  assert.equal(steps(places, 6, ['Right']), -1);
  assert.equal(steps(places, 6, ['Left']), -1);
  assert.equal(steps(places, 6, ['Up']), 4);
  const shifted = [{ x: 200, y: 0, width: 100, height: 50 }, { x: 0, y: 60, width: 240, height: 50 }, { x: 310, y: 60, width: 240, height: 50 }];
  assert.equal(neighbour(shifted, 0, 'ArrowRight'), -1, 'what is right of it is a row below');
});

test('arrows go around a large tile', () => {
  const { places } = layOut('focus', new Array(6).fill(wide), 1600, 830); // 0 large; 1 2 3 right; 4 5 below
  assert.ok([1, 2].includes(steps(places, 0, ['Right'])));
  assert.ok([4, 5].includes(steps(places, 0, ['Down'])));
  assert.equal(steps(places, 1, ['Left']), 0);
  assert.equal(steps(places, 3, ['Left']), 5);
  assert.equal(steps(places, 4, ['Up']), 0);
});

test('every tile can be reached by arrows', () => {
  for (let count = 1; count <= 40; count++) {
    for (const layout of ['auto', 'columns-5', 'focus']) {
      const { places } = layOut(layout, Array.from({ length: count }, (_, i) => [wide, 4 / 3, 9 / 16][(i * 7) % 3]).slice(0, layout === 'focus' ? 12 : 40), 1600, 830);
      const seen = new Set([0]);
      for (const at of seen) {
        for (const key of ['Left', 'Right', 'Up', 'Down']) {
          const next = neighbour(places, at, `Arrow${key}`);
          if (next >= 0) seen.add(next);
        }
      }
      assert.equal(seen.size, places.length, `${layout}, ${count}`);
    }
  }
});

test('a tile is dropped on the side of the tile where the pointer is', () => {
  const { places } = layOut('4', new Array(4).fill(wide), 1600, 830);
  const [a, b, , d] = places;
  assert.deepEqual(dropAt(places, a.x + 5, a.y + 50), { at: 0, after: false, upright: true });
  assert.deepEqual(dropAt(places, a.x + a.width - 5, a.y + 50), { at: 0, after: true, upright: true });
  assert.deepEqual(dropAt(places, b.x + 5, b.y + 50), { at: 1, after: false, upright: true });
  assert.deepEqual(dropAt(places, 5000, 5000), { at: 3, after: true, upright: true });
  assert.deepEqual(dropAt(places, d.x + 1, d.y + d.height + 80), { at: 3, after: false, upright: true });
  assert.equal(dropAt([], 0, 0), null);
});

test('in one column a tile is dropped above or below', () => {
  const { places } = layOut('columns-1', new Array(3).fill(wide), 348, 700);
  assert.deepEqual(dropAt(places, 300, places[1].y + 10), { at: 1, after: false, upright: false });
  assert.deepEqual(dropAt(places, 10, places[1].y + places[1].height - 10), { at: 1, after: true, upright: false });
});
