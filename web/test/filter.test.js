import assert from 'node:assert/strict';
import test from 'node:test';
import { groupsOf, inGroup, matches } from '../static/filter.js';

const camera = (id, name, group, state = 'live') => ({ id, name, group, status: { state } });
const door = camera('front-door', 'Haustür', 'outside', 'offline');

test('a camera is found by name, id, group and state', () => {
  for (const text of ['', '  ', 'haus', 'TÜR', 'tur', 'front-d', 'outside', 'offline', 'haus out', 'off front']) assert.ok(matches(door, text), text);
  for (const text of ['garden', 'haus garden', 'live', 'ürt']) assert.ok(!matches(door, text), text);
  assert.ok(matches(camera('a', 'A', undefined, 'stale'), 'no new'), 'the words for a state count too');
});

test('words do not run over from one field into the next', () => {
  assert.ok(!matches(camera('b', 'a', 'c'), 'abc'));
});

test('groups stand by name, with those without one last', () => {
  const list = [camera('a', 'A', 'Hall 10'), camera('b', 'B', 'Hall 9'), camera('c', 'C'), camera('d', 'D', 'Hall 9')];
  assert.deepEqual(groupsOf(list), [{ name: 'Hall 9', count: 2 }, { name: 'Hall 10', count: 1 }, { name: '', count: 1 }]);
  assert.deepEqual(groupsOf([camera('a', 'A')]), []);
});

test('a camera is in its group and in all', () => {
  assert.ok(inGroup(door, null) && inGroup(door, 'outside') && inGroup(door, 'Outside'));
  assert.ok(!inGroup(door, '') && !inGroup(door, 'out'));
  assert.ok(inGroup(camera('a', 'A'), ''));
});
