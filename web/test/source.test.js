import assert from 'node:assert/strict';
import test from 'node:test';
import { definition, editPatch, mergePatch, seconds, values } from '../static/source.js';

const blank = {
  name: 'Door', kind: 'mjpeg', mode: 'always', group: '', url: '', username: '', password: '', forget: false,
  tls_insecure: false, headers: '', interval: '', max_frame_bytes: '', pattern: 'clock', size: '1280x720', fps: '',
};

test('a network camera holds only what was filled in', () => {
  const { definition: d, faults } = definition({ ...blank, url: ' http://10.0.0.5/video ' }, null);
  assert.deepEqual(faults, []);
  assert.deepEqual(d, { name: 'Door', mode: 'always', source: { kind: 'mjpeg', url: 'http://10.0.0.5/video' } });
});

test('headers are read line by line, and values may hold colons', () => {
  const { definition: d, faults } = definition({ ...blank, headers: 'X-A: 1\n\n X-B:http://x:80 ' }, null);
  assert.deepEqual(faults, []);
  assert.deepEqual(d.source.headers, { 'X-A': '1', 'X-B': 'http://x:80' });
});

test('what is no number and no header is a fault at its field', () => {
  const { faults } = definition({ ...blank, headers: 'ok: 1\nnonsense', max_frame_bytes: '1e' }, null);
  assert.deepEqual(faults.map((f) => f.pointer), ['/source/headers', '/source/max_frame_bytes']);
  assert.match(faults[0].detail, /line 2/);
});

test('a demo camera keeps settings that the form does not know', () => {
  const before = { name: 'Slides', mode: 'always', source: { kind: 'emulated', pattern: 'slides', folder: 'zoo', width: 800, height: 600, fps: 2 } };
  const { definition: d } = definition({ ...values(before), size: '' }, before);
  assert.deepEqual(d, before);
});

const patches = [
  ['nothing changed', { a: 1, b: { c: 2 } }, { a: 1, b: { c: 2 } }, {}],
  ['a value', { a: 1 }, { a: 2 }, { a: 2 }],
  ['a key that went', { a: 1, b: 2 }, { a: 1 }, { b: null }],
  ['inside an object', { a: { b: 1, c: 2 } }, { a: { b: 1, d: 3 } }, { a: { c: null, d: 3 } }],
  ['a list is one value', { a: [1, 2] }, { a: [1] }, { a: [1] }],
  ['an object for a text', { a: 'x' }, { a: { b: 1 } }, { a: { b: 1 } }],
];
for (const [name, from, to, want] of patches) {
  test(`merge patch: ${name}`, () => assert.deepEqual(mergePatch(from, to), want));
}

const stored = { name: 'Door', mode: 'always', source: { kind: 'mjpeg', url: 'http://a/', username: 'u', password_set: true } };

test('an edited camera keeps a password that was not typed', () => {
  const { definition: d } = definition({ ...values(stored), name: 'Gate' }, stored);
  assert.deepEqual(editPatch(stored, d, false), { name: 'Gate' });
});

test('a typed password replaces the stored one', () => {
  const { definition: d } = definition({ ...values(stored), password: 'new' }, stored);
  assert.deepEqual(editPatch(stored, d, false), { source: { password: 'new' } });
});

test('a stored password can be forgotten', () => {
  const { definition: d } = definition(values(stored), stored);
  assert.deepEqual(editPatch(stored, d, true), { source: { password: null } });
});

test('another kind takes nothing along', () => {
  const { definition: d } = definition({ ...values(stored), kind: 'emulated', size: '640x360' }, stored);
  assert.deepEqual(editPatch(stored, d, false), {
    source: { kind: 'emulated', pattern: 'clock', width: 640, height: 360, url: null, username: null, password: null },
  });
});

test('a camera of single pictures keeps its interval', () => {
  const before = { name: 'Yard', mode: 'always', source: { kind: 'snapshot', url: 'http://a/', interval: '1m30s' } };
  assert.equal(values(before).interval, '90');
  const { definition: d } = definition({ ...values(before), interval: '0.5' }, before);
  assert.deepEqual(editPatch(before, d, false), { source: { interval: '0.5s' } });
  const { faults } = definition({ ...values(before), interval: 'x' }, before);
  assert.deepEqual(faults.map((f) => f.pointer), ['/source/interval']);
});

test('durations of the hub are seconds', () => {
  for (const [text, want] of [['1s', 1], ['500ms', 0.5], ['1h0m1.5s', 3601.5], ['', 0]]) assert.equal(seconds(text), want);
});
