import assert from 'node:assert/strict';
import test from 'node:test';

import { isOver, withJob } from '../static/jobs.js';

test('a job that is new comes first, one that changed stays in its place', () => {
  const [a, b] = [{ id: 'a', state: 'ready' }, { id: 'b', state: 'queued' }];
  assert.deepEqual(withJob([a], b), [b, a]);
  const later = { id: 'a', state: 'failed' };
  assert.deepEqual(withJob([b, a], later), [b, later]);
  assert.deepEqual(withJob([], a), [a]);
});

test('jobs are over when they are ready or have failed', () => {
  assert.deepEqual(['queued', 'running', 'ready', 'failed'].map((state) => isOver({ state })), [false, false, true, true]);
});
