import assert from 'node:assert/strict';
import test from 'node:test';
import { bounded, fitted, largest, moved, wanted, whole, zoomed } from '../static/zoom.js';

const hd = { width: 1920, height: 1080 };
const stage = { width: 1000, height: 700 };
const room = { stage, fit: fitted(hd, stage), most: 8 };

for (const [picture, window, want] of [
  [hd, { width: 960, height: 1000 }, [960, 540]], [hd, { width: 4000, height: 1080 }, [1920, 1080]],
  [{ width: 1080, height: 1920 }, { width: 1920, height: 960 }, [540, 960]], [{ width: 320, height: 180 }, { width: 640, height: 360 }, [640, 360]],
  [{ width: 0, height: 0 }, stage, [0, 0]], [hd, { width: 0, height: 0 }, [0, 0]],
]) {
  test(`${picture.width}x${picture.height} in ${window.width}x${window.height}`, () => {
    const { width, height } = fitted(picture, window);
    assert.deepEqual([width, height], want);
  });
}

test('what lies under the pointer stays there', () => {
  let view = whole;
  const at = { x: 120, y: -80 };
  for (const factor of [1.3, 1.7, 1.2, 0.9]) {
    const before = { x: (at.x - view.x) / view.scale, y: (at.y - view.y) / view.scale };
    view = zoomed(view, factor, at, room);
    if (view.scale * room.fit.height < stage.height) continue; // held in the middle
    assert.ok(Math.abs((at.x - view.x) / view.scale - before.x) < 1e-9);
  }
});

test('no view leaves a gap that the picture could fill', () => {
  let seed = 1;
  const random = () => (seed = seed * 16807 % 2147483647) / 2147483647;
  let view = whole;
  for (let i = 0; i < 2000; i++) {
    view = i % 2 ? zoomed(view, 0.5 + 1.5 * random(), { x: 1200 * (random() - 0.5), y: 900 * (random() - 0.5) }, room)
      : moved(view, { x: 4000 * (random() - 0.5), y: 4000 * (random() - 0.5) }, room);
    assert.ok(view.scale >= 1 && view.scale <= room.most);
    for (const [at, long, span] of [[view.x, room.fit.width, stage.width], [view.y, room.fit.height, stage.height]]) {
      const half = long * view.scale / 2;
      if (half * 2 <= span) assert.equal(at, 0);
      else assert.ok(at - half <= -span / 2 + 1e-9 && at + half >= span / 2 - 1e-9);
    }
  }
});

test('out again is whole again', () => {
  const near = zoomed(whole, 5, { x: 400, y: 100 }, room);
  assert.deepEqual(zoomed(near, 0.01, { x: -300, y: 0 }, room), whole);
  assert.equal(zoomed(near, 100, { x: 0, y: 0 }, room).scale, 8);
});

test('a larger stage takes a view within its bounds', () => {
  const edge = moved(zoomed(whole, 2, { x: 0, y: 0 }, room), { x: 9999, y: 9999 }, room);
  const large = { width: 2000, height: 1200 };
  const view = bounded(edge, { stage: large, fit: fitted(hd, large), most: 8 });
  assert.ok(view.x >= 0 && view.x <= 1000 && view.scale === 2);
});

for (const [picture, width, want] of [[hd, 1920, 8], [hd, 480, 16], [{ width: 7680, height: 4320 }, 390, 4 * 7680 / 390], [hd, 0, 1]]) {
  test(`${picture.width} pixels on ${width} go up to ${want}`, () => assert.equal(largest(picture, { width, height: width * 9 / 16 }), want));
}

for (const [scale, ratio, picture, turned, want, why] of [
  [1, 1, hd, false, 1008, 'as it is shown'], [1, 1.5, hd, false, 1504, 'in pixels of the screen'],
  [2.5, 1, hd, false, 1920, 'no more than the camera has'], [1, 3, null, false, 3008, 'without knowing the camera'],
  [20, 3, null, false, 7680, 'no more than the hub takes'], [1, 1, hd, true, 576, 'of a picture that the browser turns'],
]) {
  test(`the width to ask for ${why}`, () => {
    assert.equal(wanted({ ...whole, scale }, { width: 1000, height: 562.5 }, ratio, picture, turned), want);
  });
}
test('something is asked for even without a stage', () => assert.equal(wanted(whole, { width: 0, height: 0 }, 1, hd, false), 16));
