import assert from 'node:assert/strict';
import test from 'node:test';
import { Painter } from '../static/painter.js';

function setup() {
  const img = new EventTarget();
  img.src = '';
  const log = [];
  const painter = new Painter(img, (p, ok) => log.push(`${p.name} ${ok ? 'shown' : 'bad'}`), (jpeg) => `data:${jpeg}`);
  const show = (name) => painter.show({ name, jpeg: name, got: () => log.push(`${name} got`) });
  return { img, log, show, load: () => img.dispatchEvent(new Event('load')), fail: () => img.dispatchEvent(new Event('error')) };
}

test('a picture is given back when it is shown', () => {
  const { img, log, show, load } = setup();
  show('one');
  assert.equal(img.src, 'data:one');
  assert.deepEqual(log, []);
  load();
  assert.deepEqual(log, ['one got', 'one shown']);
});

test('while one is decoded the newest of the others waits', () => {
  const { img, log, show, load } = setup();
  for (const name of ['one', 'two', 'three']) show(name);
  assert.equal(img.src, 'data:one');
  assert.deepEqual(log, ['two got']);
  load();
  assert.equal(img.src, 'data:three');
  load();
  assert.deepEqual(log, ['two got', 'one got', 'one shown', 'three got', 'three shown']);
});

test('what can not be decoded is told and does not stop the others', () => {
  const { log, show, fail, load } = setup();
  show('bad');
  show('good');
  fail();
  load();
  assert.deepEqual(log, ['bad got', 'bad bad', 'good got', 'good shown']);
});

test('an event that is not of a picture changes nothing', () => {
  const { log, load } = setup();
  load();
  assert.deepEqual(log, []);
});
