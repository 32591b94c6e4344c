import assert from 'node:assert/strict';
import test from 'node:test';
import { fieldsOf, kinds } from '../static/kinds.js';
import { blank, definition, differences, editPatch, mergePatch, seconds, values } from '../static/source.js';

/** What a new user types, on top of a blank form. */
const typed = (kind, more) => definition({ ...blank(kind), '/name': 'Door', ...more }, kind, null);

test('a new camera holds only what was filled in', () => {
  const { definition: d, faults } = typed('mjpeg', { '/source/url': ' http://10.0.0.5/video ' });
  assert.deepEqual(faults, []);
  assert.deepEqual(d, { name: 'Door', enabled: true, source: { kind: 'mjpeg', url: 'http://10.0.0.5/video' } });
});

test('every field of every kind comes into the definition', () => {
  const text = { text: 'x', url: 'x', secret: { text: 'x', forget: false }, number: '7', seconds: '7', flag: true, headers: { removed: [], added: [{ name: 'X', value: 'y' }] }, bytes: { amount: '7', unit: 'MB' }, plan: 'daily 08:00-09:00' };
  const json = { text: 'x', url: 'x', secret: 'x', number: 7, seconds: '7s', flag: true, headers: { X: 'y' }, bytes: 7e6, plan: 'daily 08:00-09:00' };
  for (const { name } of kinds) {
    const v = {};
    const want = { source: { kind: name }, record: {} };
    for (const f of fieldsOf(name)) {
      v[f.pointer] = f.type === 'choice' ? f.choices.at(-1)[0] : text[f.type];
      const last = f.type === 'choice' ? (f.numeric ? Number(f.choices.at(-1)[0]) : f.choices.at(-1)[0]) : json[f.type];
      const [key, of] = f.pointer.slice(1).split('/').reverse();
      const part = of ? want[of] : want;
      part[key] = last;
    }
    const { definition: d, faults } = definition(v, name, null);
    assert.deepEqual(faults, []);
    assert.deepEqual(d, want, name);
  }
});

test('what is no number is a fault at its field', () => {
  const { faults } = typed('snapshot', { '/source/max_frame_bytes': '1e', '/source/interval': 'soon', '/idle_timeout': 'x' });
  assert.deepEqual(faults.map((f) => f.pointer), ['/source/interval', '/source/max_frame_bytes', '/idle_timeout']);
});

test('pointers are unique in the form of a kind', () => {
  for (const { name } of kinds) {
    const all = fieldsOf(name).map((f) => f.pointer);
    assert.deepEqual([...new Set(all)], all, name);
  }
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

/** A camera as the hub shows it. */
const stored = {
  id: 'door', name: 'Door', enabled: true, mode: 'always', idle_timeout: '10s', revision: 3,
  source: {
    kind: 'mjpeg', url: 'http://a/', username: 'u', password_set: true, headers_set: ['X-Key', 'X-Old'],
    tls_insecure: false, max_frame_bytes: 16777216,
  },
};

/** The patch for what a person changes in the form of a camera. */
const edited = (changes, kind = stored.source.kind, camera = stored) =>
  editPatch(camera, definition({ ...(kind === camera.source.kind ? {} : blank(kind)), ...values(camera), ...changes }, kind, camera).definition);

const edits = [
  ['nothing', {}, {}],
  ['the name', { '/name': 'Gate' }, { name: 'Gate' }],
  ['the name away', { '/name': '' }, { name: '' }],
  ['off', { '/enabled': false }, { enabled: false }],
  ['on demand, for longer', { '/mode': 'on_demand', '/idle_timeout': '90' }, { mode: 'on_demand', idle_timeout: '90s' }],
  ['back to the default', { '/idle_timeout': '', '/source/max_frame_bytes': '' }, { idle_timeout: null, source: { max_frame_bytes: null } }],
  ['into a group', { '/group': ' outside ' }, { group: 'outside' }],
  ['a password', { '/source/password': { text: 'new', forget: false } }, { source: { password: 'new' } }],
  ['a password away', { '/source/password': { text: '', forget: true } }, { source: { password: null } }],
  ['any certificate', { '/source/tls_insecure': true }, { source: { tls_insecure: true } }],
  ['headers', { '/source/headers': { removed: ['X-Old'], added: [{ name: ' X-New ', value: ' 1 ' }, { name: '', value: '' }] } },
    { source: { headers: { 'X-Old': null, 'X-New': '1' } } }],
  ['a header in other letters', { '/source/headers': { removed: [], added: [{ name: 'x-key', value: '2' }] } },
    { source: { headers: { 'X-Key': null, 'x-key': '2' } } }],
];
for (const [name, changes, want] of edits) {
  test(`an edit: ${name}`, () => assert.deepEqual(edited(changes), want));
}

test('another kind that has the same fields keeps them', () => {
  assert.deepEqual(edited({}, 'snapshot'), { source: { kind: 'snapshot', tls_insecure: null } });
});

test('another kind drops what it does not have', () => {
  assert.deepEqual(edited({}, 'emulated'), {
    source: { kind: 'emulated', url: null, username: null, tls_insecure: null, max_frame_bytes: null },
  });
});

test('what the form does not know stays', () => {
  const camera = { ...stored, source: { kind: 'v4l2', device: '/dev/video0', controls: { gain: 3 }, later: 1 } };
  assert.deepEqual(edited({ '/source/quality': '60' }, 'v4l2', camera), { source: { quality: 60 } });
  const unknown = { ...stored, source: { kind: 'rtsp', url: 'rtsp://h/' } };
  assert.deepEqual(edited({ '/name': 'B' }, 'rtsp', unknown), { name: 'B' });
});

test('durations that were not touched stay as they were written', () => {
  const camera = { ...stored, source: { kind: 'snapshot', url: 'http://a/', interval: '1m30s' } };
  assert.equal(values(camera)['/source/interval'], '90');
  assert.deepEqual(edited({}, 'snapshot', camera), {});
  assert.deepEqual(edited({ '/source/interval': '0.5' }, 'snapshot', camera), { source: { interval: '0.5s' } });
});

test('a copy takes an id of its own, or none', () => {
  assert.deepEqual(edited({ '/id': '', '/name': 'Door (copy)' }), { name: 'Door (copy)' });
  assert.deepEqual(edited({ '/id': 'gate' }), { id: 'gate' });
});

test('what somebody else changed is told by its labels', () => {
  const { source } = stored;
  assert.deepEqual(differences(stored, { ...stored, revision: 4 }), []);
  assert.deepEqual(differences(stored, { ...stored, name: 'B', source: { ...source, url: 'http://b/', headers_set: [] } }), ['Name', 'Stream address', 'Request headers']);
  assert.ok(differences(stored, { ...stored, source: { kind: 'emulated', pattern: 'clock' } }).includes('Demo camera'));
});

test('durations of the hub are seconds', () => {
  for (const [text, want] of [['1s', 1], ['500ms', 0.5], ['1h0m1.5s', 3601.5], ['', 0]]) assert.equal(seconds(text), want);
});

const rules = { mode: 'schedule', schedule: 'mon 08:00-09:00', max_fps: 5, keep_days: null, keep_bytes: 5e9 };
for (const [what, change, want] of [
  ['nothing', {}, {}],
  ['the mode: the hours go with it', { '/record/mode': 'always' }, { record: { mode: 'always', schedule: null } }],
  ['the hours', { '/record/schedule': 'tue 08:00-09:00' }, { record: { schedule: 'tue 08:00-09:00' } }],
  ['limits', { '/record/keep_days': '1.5', '/record/keep_bytes': { amount: '', unit: 'GB' }, '/record/max_fps': '' }, { record: { max_fps: null, keep_days: 1.5, keep_bytes: null } }],
]) {
  test(`a patch of the recording: ${what}`, () => {
    const camera = { ...stored, record: rules };
    const { definition: d, faults } = definition({ ...values(camera), ...change }, camera.source.kind, camera);
    assert.deepEqual(faults, []);
    assert.deepEqual(editPatch(camera, d), want);
  });
}
test('limits that are no numbers are faults', () => {
  const { faults } = typed('emulated', { '/record/mode': 'always', '/record/keep_days': 'long', '/record/keep_bytes': { amount: 'much', unit: 'GB' } });
  assert.deepEqual(faults.map((f) => f.pointer), ['/record/keep_days', '/record/keep_bytes']);
});
