import assert from 'node:assert/strict';
import test from 'node:test';
import { layOut, layouts, pagesOf, withColumns } from '../static/layout.js';
import { gap } from '../static/rows.js';

const wide = 16 / 9;
const shapesOfCameras = [wide, wide, 4 / 3, 9 / 16, 1, 21 / 9, 3 / 4];
const counts = [...Array.from({ length: 20 }, (_, i) => i + 1), 25, 30, 31, 37, 48, 64];
const widths = [360, 414, 768, 1024, 1366, 1600, 1920, 2560, 3840];

/** Numbers that are always the same. */
function* chance(seed) {
  for (let x = seed; ;) {
    x = (x * 1103515245 + 12345) % 2147483648;
    yield x / 2147483648;
  }
}

function mixed(count) {
  const next = chance(count);
  return Array.from({ length: count }, () => shapesOfCameras[Math.floor(next.next().value * shapesOfCameras.length)]);
}

const bottom = (p) => p.y + p.height;
const right = (p) => p.x + p.width;

/** Fails for places that leave the width, overlap or are not there at all. */
function assertSound(places, count, width, what) {
  assert.equal(places.length, count, what);
  places.forEach((p, i) => {
    assert.ok(p.x >= 0 && p.y >= 0 && right(p) <= width && p.width > 0 && p.height > 0, `${what}: ${i} is ${JSON.stringify(p)}`);
    for (const o of places.slice(0, i)) {
      const beside = right(o) + gap - 1 <= p.x || right(p) + gap - 1 <= o.x;
      const under = bottom(o) + gap - 1 <= p.y || bottom(p) + gap - 1 <= o.y;
      assert.ok(beside || under, `${what}: ${JSON.stringify(o)} and ${JSON.stringify(p)}`);
    }
  });
}

/** Runs with every number of cameras of one shape and of mixed ones, and every width. */
function everywhere(run) {
  for (const width of widths) {
    const height = width < 500 ? width * 2 : Math.round(width * 0.52);
    for (const count of counts) {
      run(new Array(count).fill(wide), width, height, `${count} alike at ${width}x${height}`);
      run(mixed(count), width, height, `${count} mixed at ${width}x${height}`);
    }
  }
}

test('every layout places every tile in the width and over no other', () => {
  for (const layout of layouts) {
    everywhere((shapes, width, height, what) => {
      const page = Number(layout) > 0 ? shapes.slice(0, Number(layout)) : layout === 'focus' ? shapes.slice(0, 12) : shapes;
      const columns = Number(layout.split('-')[1] ?? 0);
      if (columns > 0 && width / columns < 60) return;
      const { places, height: taken } = layOut(layout, page, width, height);
      assertSound(places, page.length, width, `${layout}, ${what}`);
      assert.ok(places.every((p) => bottom(p) <= Math.ceil(taken) + 1), `${layout}, ${what}: taller than it says`);
    });
  }
});

test('the automatic grid keeps the shape of each picture', () => {
  everywhere((shapes, width, height, what) => {
    const { places } = layOut('auto', shapes, width, height);
    places.forEach((p, i) => {
      const error = Math.abs(p.width - p.height * shapes[i]);
      assert.ok(error <= 2 + shapes[i], `${what}: ${i} of shape ${shapes[i]} is ${p.width}x${p.height}`);
    });
  });
});

test('the automatic grid keeps the order: rows from the top, from left to right', () => {
  everywhere((shapes, width, height, what) => {
    const { places } = layOut('auto', shapes, width, height);
    places.slice(1).forEach((p, i) => {
      const before = places[i];
      assert.ok(p.y === before.y ? p.x > before.x : p.y > before.y, `${what}: ${i + 1}`);
    });
  });
});

/** The size of the tiles of an ordinary grid of 16:9 that fits, at its best. */
function ordinary(count, width, height) {
  let best = 0;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    best = Math.max(best, Math.min((width - gap * (columns - 1)) / columns, (height - gap * (rows - 1)) / rows * wide));
  }
  return best;
}

test('cameras alike are never smaller in the middle than in an ordinary grid', () => {
  for (const width of widths) {
    const height = Math.round(width * 0.52);
    for (let count = 1; count <= 64; count++) {
      const { places } = layOut('auto', new Array(count).fill(wide), width, height, true);
      const mean = Math.exp(places.reduce((sum, p) => sum + Math.log(p.width), 0) / count);
      assert.ok(mean >= ordinary(count, width, height) * 0.985 - 1, `${count} at ${width}: ${mean}, ordinary ${ordinary(count, width, height)}`);
    }
  }
});

test('all tiles are in sight while they are not too small to see', () => {
  const seen = (count, width, height) => {
    const { places, height: taken } = layOut('auto', new Array(count).fill(wide), width, height);
    return taken <= height && places.every((p) => bottom(p) <= height);
  };
  assert.ok(seen(30, 1600, 820));
  assert.ok(!seen(64, 1600, 820), '64 tiles would be smaller than 200 px');
  assert.ok(seen(64, 3840, 2000));
  assert.ok(seen(3, 360, 640));
  assert.ok(!seen(8, 360, 640));
});

test('where nobody can scroll all tiles are in sight', () => {
  everywhere((shapes, width, height, what) => {
    const { places } = layOut('auto', shapes, width, height, true);
    assert.ok(places.every((p) => bottom(p) <= height + 1), what);
  });
});

test('five cameras leave less of a window empty than three columns do', () => {
  const { places } = layOut('auto', new Array(5).fill(wide), 1600, 830);
  const share = places.reduce((sum, p) => sum + p.width * p.height, 0) / (1600 * 830);
  assert.ok(share > 0.87, `${share}`);
});

test('of two ways that are as good the first tiles are the larger ones', () => {
  const { places } = layOut('auto', new Array(5).fill(wide), 1600, 830);
  assert.ok(places[0].width > places[4].width * 1.4, JSON.stringify(places));
});

test('the large tile counts as much as all others together', () => {
  for (const [others, least] of [[1, 1050], [3, 1050], [5, 970], [8, 1160], [11, 1200]]) {
    const { places: [large] } = layOut('focus', new Array(others + 1).fill(wide), 1600, 830);
    assert.ok(large.width >= least, `${others}: ${large.width}`);
  }
});

test('a phone scrolls through one column', () => {
  const { places, height } = layOut('auto', new Array(9).fill(wide), 348, 600);
  assert.ok(places.every((p) => p.x === 0 && p.width === 348));
  assert.ok(height > 9 * 195);
});

test('equal places do not change with the number of tiles', () => {
  const full = layOut('9', new Array(9).fill(wide), 1600, 830).places;
  const four = layOut('9', new Array(4).fill(wide), 1600, 830).places;
  assert.deepEqual(four, full.slice(0, 4));
  assert.equal(new Set(full.map((p) => p.x)).size, 3);
});

test('equal places suit a tall window', () => {
  const { places } = layOut('4', new Array(4).fill(wide), 360, 900);
  assert.ok(places.every((p) => p.x === 0 && p.width === 360));
});

test('one large tile is larger than each of the others, however many', () => {
  for (const [width, height] of [[360, 700], [768, 1000], [1024, 700], [1600, 830], [3840, 2000]]) {
    for (let others = 1; others <= 11; others++) {
      const { places: [large, ...small] } = layOut('focus', new Array(others + 1).fill(wide), width, height);
      assert.ok(small.every((p) => p.width * p.height < large.width * large.height * 0.7), `${others} at ${width}x${height}`);
    }
  }
});

test('pages hold every camera once, and the large one always', () => {
  const ids = Array.from({ length: 30 }, (_, i) => `c${i}`);
  assert.deepEqual(pagesOf('auto', ids, ''), [ids]);
  assert.deepEqual(pagesOf('columns-3', ids, ''), [ids]);
  assert.deepEqual(pagesOf('9', ids, '').map((page) => page.length), [9, 9, 9, 3]);
  assert.deepEqual(pagesOf('9', ids, '').flat(), ids);
  const focus = pagesOf('focus', ids, 'c7');
  assert.deepEqual(focus.map((page) => page.length), [12, 12, 8]);
  assert.ok(focus.every((page) => page[0] === 'c7'));
  assert.deepEqual(focus.flatMap((page) => page.slice(1)), ids.filter((id) => id !== 'c7'));
  assert.deepEqual(pagesOf('focus', ids, 'gone')[0][0], 'c0');
  for (const layout of layouts) assert.deepEqual(pagesOf(layout, [], 'c7'), [[]]);
  assert.deepEqual(pagesOf('focus', ['a'], 'a'), [['a']]);
});

test('columns are between 1 and 12', () => {
  assert.deepEqual([0, 1, 5, 12, 13].map(withColumns), ['columns-1', 'columns-1', 'columns-5', 'columns-12', 'columns-12']);
});
