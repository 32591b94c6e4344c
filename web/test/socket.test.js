import assert from 'node:assert/strict';
import test from 'node:test';
import { parsePicture, Socket } from '../static/socket.js';

/** A WebSocket that the test is the hub of. */
class Line {
  readyState = 0;
  sent = [];

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  open() {
    this.readyState = 1;
    this.onopen();
  }

  drop() {
    this.readyState = 3;
    this.onclose?.();
  }
}

/** A picture as the hub sends it. */
function message(tile, seq, arrivedUs, bytes) {
  const b = new DataView(new ArrayBuffer(24 + bytes.length));
  b.setUint8(0, 1);
  b.setUint8(1, 1);
  b.setUint16(2, tile);
  b.setUint32(4, seq);
  b.setBigInt64(8, BigInt(arrivedUs));
  b.setUint16(16, 640);
  b.setUint16(18, 360);
  new Uint8Array(b.buffer, 24).set(bytes);
  return b.buffer;
}

function setup(t) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const lines = [];
  const told = [];
  const pictures = [];
  const socket = new Socket({
    picture: (p) => pictures.push(p),
    status: (camera, status) => told.push([camera, status]),
    error: (tile, problem) => told.push([tile, problem]),
    open: (open) => told.push(open),
  }, () => {
    lines.push(new Line());
    return lines.at(-1);
  });
  return { socket, lines, told, pictures, later: (ms) => t.mock.timers.tick(ms) };
}

const wish = (tile) => ({ tile, camera: 'a', width: 320, fps: 15 });

test('a picture is taken apart, and its credit goes back once it is shown', (t) => {
  const { socket, lines, pictures, later } = setup(t);
  socket.want([wish(258)]);
  socket.open();
  lines[0].open();
  assert.deepEqual(lines[0].sent, [{ op: 'tiles', tiles: [wish(258)] }]);
  lines[0].onmessage({ data: message(258, 4000000000, 1_700_000_000_123_456, [1, 2, 3]) });
  assert.equal(pictures.length, 1);
  const [{ tile, arrived, jpeg, got }] = pictures;
  assert.deepEqual([tile, arrived, [...jpeg]], [258, 1_700_000_000_123.456, [1, 2, 3]]);
  assert.equal(lines[0].sent.length, 1);
  got();
  later(50);
  assert.deepEqual(lines[0].sent.slice(1), [{ op: 'got', pictures: [[258, 4000000000]] }]);
});

test('credit that is given back within a moment is one message', (t) => {
  const { socket, lines, pictures, later } = setup(t);
  socket.open();
  lines[0].open();
  for (const seq of [1, 2, 3]) lines[0].onmessage({ data: message(7 + seq, seq, 0, []) });
  pictures[1].got();
  later(49);
  pictures[0].got();
  assert.equal(lines[0].sent.length, 1, 'it does not wait for the others');
  later(1);
  pictures[2].got();
  later(49);
  assert.equal(lines[0].sent.length, 2, 'it does not wait again');
  later(1000);
  assert.deepEqual(lines[0].sent.slice(1), [{ op: 'got', pictures: [[9, 2], [8, 1]] }, { op: 'got', pictures: [[10, 3]] }]);
});

test('a tile without credit does not wait for others', (t) => {
  const { socket, lines, pictures, later } = setup(t);
  socket.open();
  lines[0].open();
  for (const [tile, seq] of [[1, 1], [2, 2], [1, 3]]) lines[0].onmessage({ data: message(tile, seq, 0, []) });
  for (const p of pictures) p.got();
  later(0);
  later(1000);
  assert.deepEqual(lines[0].sent.slice(1), [{ op: 'got', pictures: [[1, 1], [2, 2], [1, 3]] }]);
  lines[0].onmessage({ data: message(1, 4, 0, []) });
  pictures[3].got();
  later(49);
  assert.equal(lines[0].sent.length, 2);
});

test('credit goes back over the connection that it came from, or nowhere', (t) => {
  const { socket, lines, pictures, later } = setup(t);
  socket.open();
  lines[0].open();
  lines[0].onmessage({ data: message(1, 1, 0, []) });
  lines[0].onmessage({ data: message(2, 2, 0, []) });
  pictures[0].got();
  socket.renew();
  lines[1].open();
  pictures[1].got();
  lines[1].onmessage({ data: message(1, 1, 0, []) });
  pictures[2].got();
  later(50);
  assert.equal(lines[0].sent.length, 1);
  assert.deepEqual(lines[1].sent.slice(1), [{ op: 'got', pictures: [[1, 1]] }]);
});

test('the list is sent when it changes and not otherwise', (t) => {
  const { socket, lines } = setup(t);
  socket.open();
  socket.want([wish(1)]); // is not open yet
  lines[0].open();
  socket.want([wish(1)]);
  socket.want([wish(1), wish(2)]);
  socket.want([]);
  assert.deepEqual(lines[0].sent.map((m) => m.tiles.length), [1, 2, 0]);
});

test('messages are told', (t) => {
  const { socket, lines, told } = setup(t);
  socket.open();
  lines[0].open();
  lines[0].onmessage({ data: '{"op":"status","camera":"a","status":{"state":"live"}}' });
  lines[0].onmessage({ data: '{"op":"error","tile":3,"problem":{"status":404}}' });
  lines[0].onmessage({ data: '{"op":"of a later version"}' });
  assert.deepEqual(told, [true, ['a', { state: 'live' }], [3, { status: 404 }]]);
});

test('it comes back for ever, ever more slowly, and asks again', (t) => {
  const { socket, lines, told, pictures, later } = setup(t);
  socket.want([wish(1)]);
  socket.open();
  lines[0].open();
  lines[0].onmessage({ data: message(1, 1, 0, []) });
  lines[0].drop();
  assert.deepEqual(told, [true, false]);
  later(400);
  assert.equal(lines.length, 2);
  for (let n = 2; n < 40; n++) {
    lines[n - 1].drop();
    later(20);
    assert.equal(lines.length, n, 'it tries again at once');
    later(8000 * 1.3);
    assert.equal(lines.length, n + 1, 'it gave up');
  }
  lines.at(-1).open();
  assert.deepEqual(lines.at(-1).sent, [{ op: 'tiles', tiles: [wish(1)] }]);
  pictures[0].got(); // of the first connection
  later(50);
  assert.equal(lines.at(-1).sent.length, 1, 'credit of another connection was given back');
});

test('a connection that is silent is renewed at once', (t) => {
  const { socket, lines, later } = setup(t);
  socket.open();
  lines[0].open();
  socket.renew(socket.heardAt); // something came since
  assert.equal(lines.length, 1);
  socket.renew(socket.heardAt + 1);
  assert.equal(lines[0].readyState, 3);
  assert.equal(lines.length, 2);
  lines[0].drop(); // says so late
  later(60000);
  assert.equal(lines.length, 2);
});

test('only pictures that we know are taken', () => {
  const good = new Uint8Array(message(1, 2, 3, [4]));
  assert.notEqual(parsePicture(good.buffer), null);
  for (const [at, value] of [[0, 2], [1, 2]]) {
    const bad = good.slice();
    bad[at] = value;
    assert.equal(parsePicture(bad.buffer), null);
  }
  assert.equal(parsePicture(good.buffer.slice(0, 23)), null);
});
