import assert from 'node:assert/strict';
import test from 'node:test';

import { ControlSender } from '../static/control-sender.js';

/** A hub that answers when it is told to. */
function slowHub(t) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const hub = { sent: [], answers: [], refusals: [], open: null };
  hub.sender = new ControlSender({
    send: (values, keep) => {
      assert.equal(hub.open, null, 'one request at a time');
      hub.sent.push([values, keep]);
      return new Promise((resolve, reject) => (hub.open = { resolve, reject }));
    },
    answered: (answer) => hub.answers.push(answer),
    refused: (names, err) => {
      hub.refusals.push(names);
      return err.faulty;
    },
  });
  const end = async (how, what) => {
    const { open } = hub;
    hub.open = null;
    open[how](what);
    await new Promise(setImmediate);
  };
  hub.answer = () => end('resolve', hub.sent.length);
  hub.refuse = (...faulty) => end('reject', { faulty });
  return hub;
}

test('while a slider moves one request is under way, and the newest value goes next', async (t) => {
  const hub = slowHub(t);
  for (const v of [1, 2, 3, 4]) hub.sender.try({ brightness: v });
  assert.deepEqual(hub.sent, [[{ brightness: 1 }, false]]);
  await hub.answer();
  assert.deepEqual(hub.sent.slice(1), [[{ brightness: 4 }, false]]);
  await hub.answer();
  assert.equal(hub.sent.length, 2);
  assert.equal(hub.sender.pending('brightness'), true, 'it is not kept yet');
  t.mock.timers.tick(500);
  assert.deepEqual(hub.sent.slice(2), [[{ brightness: 4 }, true]]);
  await hub.answer();
  assert.equal(hub.sender.busy || hub.sender.pending('brightness'), false);
  assert.deepEqual(hub.answers, [1, 2, 3]);
});

test('a value is kept when it rests, not before', async (t) => {
  const hub = slowHub(t);
  for (const v of [1, 2, 3]) {
    hub.sender.try({ gain: v });
    await hub.answer();
    t.mock.timers.tick(400);
  }
  assert.deepEqual(hub.sent.map(([, keep]) => keep), [false, false, false]);
  t.mock.timers.tick(100);
  assert.deepEqual(hub.sent[3], [{ gain: 3 }, true]);
  await hub.answer();
});

test('a value that is meant goes at once and is kept, with what was tried', async (t) => {
  const hub = slowHub(t);
  hub.sender.try({ gain: 5 });
  hub.sender.set({ auto: 1 });
  await hub.answer();
  assert.deepEqual(hub.sent[1], [{ gain: 5, auto: 1 }, true]);
  await hub.answer();
  t.mock.timers.tick(1000);
  assert.equal(hub.sent.length, 2);
});

test('what is refused is forgotten, what was refused beside it is kept', async (t) => {
  const hub = slowHub(t);
  hub.sender.set({ gain: 5, focus: 7, zoom: 1 });
  hub.sender.try({ zoom: 2 });
  await hub.refuse('focus');
  assert.deepEqual(hub.sent[1], [{ zoom: 2 }, false]);
  await hub.answer();
  t.mock.timers.tick(500);
  assert.deepEqual(hub.sent[2], [{ zoom: 2, gain: 5 }, true]);
  await hub.refuse('zoom', 'gain');
  assert.equal(hub.sent.length, 3, 'nothing is tried for ever');
  assert.equal(hub.sender.busy, false);
});

test('a value that was refused when it was tried is not kept, a newer one is', async (t) => {
  const hub = slowHub(t);
  hub.sender.try({ gain: 5 });
  await hub.refuse('gain');
  t.mock.timers.tick(500);
  assert.equal(hub.sent.length, 1);
  hub.sender.try({ gain: 6 });
  hub.sender.try({ gain: 7 });
  await hub.refuse('gain');
  assert.deepEqual(hub.sent[2], [{ gain: 7 }, false]);
  await hub.answer();
  t.mock.timers.tick(500);
  assert.deepEqual(hub.sent[3], [{ gain: 7 }, true]);
  await hub.answer();
});

test('at the end of the page what is not kept yet goes once', async (t) => {
  const hub = slowHub(t);
  hub.sender.try({ gain: 5 });
  await hub.answer();
  hub.sender.end();
  hub.sender.end();
  assert.deepEqual(hub.sent[1], [{ gain: 5 }, true]);
  await hub.answer();
  t.mock.timers.tick(1000);
  assert.equal(hub.sent.length, 2);
});
