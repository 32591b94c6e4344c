import assert from 'node:assert/strict';
import test from 'node:test';

import { isOver, withAnswer, withJob } from '../static/jobs.js';

test('a job that is new comes first, one that changed stays in its place', () => {
  const [a, b] = [{ id: 'a', state: 'ready' }, { id: 'b', state: 'queued' }];
  assert.deepEqual(withJob([a], b), [b, a]);
  const later = { id: 'a', state: 'failed' };
  assert.deepEqual(withJob([b, a], later), [b, later]);
  assert.deepEqual(withJob([], a), [a]);
});

test('an answer that comes after the messages about its job changes nothing', () => {
  const [asked, made, other] = [{ id: 'a', state: 'queued' }, { id: 'a', state: 'ready' }, { id: 'b', state: 'ready' }];
  assert.deepEqual(withAnswer([made, other], asked), [made, other]);
  assert.deepEqual(withAnswer([other], asked), [asked, other]);
});

test('jobs are over when they are ready or have failed', () => {
  assert.deepEqual(['queued', 'running', 'ready', 'failed'].map((state) => isOver({ state })), [false, false, true, true]);
});
