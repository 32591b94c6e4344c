import assert from 'node:assert/strict';
import test from 'node:test';
import { messages } from '../static/sse.js';

/** A stream that gives text in pieces of n bytes, or fails at its end. */
function streamOf(text, n, error) {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(control) {
      if (at < bytes.length) control.enqueue(bytes.slice(at, at += n));
      else if (error) control.error(error);
      else control.close();
    },
  });
}

async function all(stream) {
  const found = [];
  for await (const m of messages(stream)) found.push(m);
  return found;
}

const text = ':\n\nevent: progress\ndata: {"text":"Grüße"}\n\nid: 1\nevent:result\r\ndata: a\r\ndata:b\r\n\r\ndata\n\nevent: empty\n\ndata: cut';
for (const n of [1, 2, 3, 7, 1000]) {
  test(`messages in pieces of ${n} bytes`, async () => {
    assert.deepEqual(await all(streamOf(text, n)), [
      { event: 'progress', data: '{"text":"Grüße"}' },
      { event: 'result', data: 'a\nb' },
    ]);
  });
}

test('a broken stream rejects', async () => {
  await assert.rejects(all(streamOf('data: a\n\n', 100, new Error('gone'))), /gone/);
});

test('the stream ends when nobody reads on', async () => {
  let cancelled = false;
  const stream = new ReadableStream({
    pull: (control) => control.enqueue(new TextEncoder().encode('data: a\n\n')),
    cancel: () => { cancelled = true; },
  });
  for await (const m of messages(stream)) if (m.data === 'a') break;
  assert.equal(cancelled, true);
});
