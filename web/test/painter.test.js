import assert from 'node:assert/strict';
import test from 'node:test';
import { Painter } from '../static/painter.js';

function setup(t) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const img = new EventTarget();
  img.src = '';
  const log = [];
  const frames = [];
  const painter = new Painter(img, (p, ok) => log.push(`${p.name} ${ok ? 'shown' : 'bad'}`), (jpeg) => `data:${jpeg}`,
    (then) => frames.push(then));
  const show = (name) => painter.show({ name, jpeg: name, got: () => log.push(`${name} got`) });
  const event = (name) => () => img.dispatchEvent(new Event(name));
  const frame = () => frames.splice(0).forEach((then) => then());
  return { img, log, show, load: event('load'), fail: event('error'), frame };
}

test('a picture is given back with the frame that shows it', (t) => {
  const { img, log, show, load, frame } = setup(t);
  show('one');
  assert.equal(img.src, 'data:one');
  frame();
  assert.deepEqual(log, []);
  load();
  assert.deepEqual(log, ['one shown']);
  frame();
  assert.deepEqual(log, ['one shown', 'one got']);
});

test('while one is shown the newest of the others waits', (t) => {
  const { img, log, show, load, frame } = setup(t);
  for (const name of ['one', 'two', 'three']) show(name);
  assert.equal(img.src, 'data:one');
  assert.deepEqual(log, ['two got']);
  load();
  show('four');
  assert.equal(img.src, 'data:one');
  frame();
  assert.equal(img.src, 'data:four');
  load();
  frame();
  assert.deepEqual(log, ['two got', 'one shown', 'three got', 'one got', 'four shown', 'four got']);
});

test('what can not be decoded is told and does not stop the others', (t) => {
  const { log, show, fail, load, frame } = setup(t);
  show('bad');
  show('good');
  fail();
  frame();
  load();
  frame();
  assert.deepEqual(log, ['bad bad', 'bad got', 'good shown', 'good got']);
});

test('events that are not of a picture give nothing back', (t) => {
  const { log, show, load, frame } = setup(t);
  load();
  frame();
  assert.deepEqual(log, []);
  show('one');
  load();
  load();
  frame();
  frame();
  assert.deepEqual(log.filter((line) => line === 'one got').length, 1);
});

test('a browser that tells nothing of a picture holds it for 5 s and no longer', (t) => {
  const { img, log, show, load, frame } = setup(t);
  show('one');
  show('two');
  t.mock.timers.tick(4999);
  assert.deepEqual(log, []);
  t.mock.timers.tick(1);
  assert.deepEqual(log, ['one got']);
  assert.equal(img.src, 'data:two');
  load();
  frame();
  assert.deepEqual(log, ['one got', 'two shown', 'two got']);
  t.mock.timers.tick(60000);
  assert.equal(log.length, 3);
});

test('a browser that makes no frames holds a picture no longer either', (t) => {
  const { img, log, show, load, frame } = setup(t);
  show('one');
  load();
  show('two');
  t.mock.timers.tick(5000);
  assert.deepEqual(log, ['one shown', 'one got']);
  frame(); // it comes too late, and gives nothing back
  assert.equal(img.src, 'data:two');
  assert.deepEqual(log, ['one shown', 'one got']);
});

test('an address that is made too late is not shown', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const img = new EventTarget();
  const made = [];
  const painter = new Painter(img, () => {}, () => new Promise((done) => made.push(done)), () => {});
  const show = (name) => painter.show({ jpeg: name, got: () => {} });
  show('one');
  show('two');
  t.mock.timers.tick(5000);
  made[1]('data:two');
  made[0]('data:one');
  await new Promise((done) => setImmediate(done));
  assert.equal(img.src, 'data:two');
});
