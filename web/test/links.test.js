import assert from 'node:assert/strict';
import test from 'node:test';
import { wishOf } from '../static/links.js';

const links = [
  ['/', null, null, '/'],
  ['/?edit=front-door', null, 'front-door', '/'],
  ['/?add=http%3A%2F%2F10.0.0.5%2Fa%3Fb%3Dc%26d', 'http://10.0.0.5/a?b=c&d', null, '/'],
  ['/?group=outside&edit=a&filter=x#y', null, 'a', '/?group=outside&filter=x#y'],
  ['/?add=', '', null, '/'],
];
for (const [path, add, edit, rest] of links) {
  test(`link ${path}`, () => assert.deepEqual(wishOf(`http://hub:8080${path}`), { add, edit, rest }));
}
