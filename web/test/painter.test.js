import assert from 'node:assert/strict';
import test from 'node:test';
import { Painter } from '../static/painter.js';

function setup() {
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

test('a picture is given back with the frame that shows it', () => {
  const { img, log, show, load, frame } = setup();
  show('one');
  assert.equal(img.src, 'data:one');
  frame();
  assert.deepEqual(log, []);
  load();
  assert.deepEqual(log, ['one shown']);
  frame();
  assert.deepEqual(log, ['one shown', 'one got']);
});

test('while one is shown the newest of the others waits', () => {
  const { img, log, show, load, frame } = setup();
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

test('what can not be decoded is told and does not stop the others', () => {
  const { log, show, fail, load, frame } = setup();
  show('bad');
  show('good');
  fail();
  frame();
  load();
  frame();
  assert.deepEqual(log, ['bad bad', 'bad got', 'good shown', 'good got']);
});

test('events that are not of a picture give nothing back', () => {
  const { log, show, load, frame } = setup();
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
