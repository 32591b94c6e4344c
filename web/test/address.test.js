import assert from 'node:assert/strict';
import test from 'node:test';
import { takeLogin, withScheme, withSecrets } from '../static/address.js';

const typed = [
  [' 10.0.0.5 ', '10.0.0.5', '', ''],
  ['cam:81/stream', 'cam:81/stream', '', ''],
  ['http://u:p@cam/v', 'http://cam/v', 'u', 'p'],
  ['u:p@cam:81', 'cam:81', 'u', 'p'],
  ['u@cam', 'cam', 'u', ''],
  ['https://us%20er:p%40ss:w@cam?a=b', 'https://cam?a=b', 'us er', 'p@ss:w'],
  ['http://a@b:c@d@cam/', 'http://cam/', 'a@b', 'c@d'],
  ['http://u:100%@cam/', 'http://cam/', 'u', '100%'],
  ['http://cam/x@y?u:p@z', 'http://cam/x@y?u:p@z', '', ''],
  ['', '', '', ''],
];
for (const [text, url, username, password] of typed) {
  test(`login of ${JSON.stringify(text)}`, () => assert.deepEqual(takeLogin(text), { url, username, password }));
}

test('secrets are put in again where they belong', () => {
  const found = { kind: 'mjpeg', url: 'http://cam/' };
  assert.deepEqual(withSecrets(found, ['password', 'headers'], { password: 'p', other: 'x' }), { ...found, password: 'p' });
  assert.deepEqual(withSecrets(found, [], { password: 'p' }), found);
});

test('an address gets the scheme that it lacks', () => {
  for (const [url, want] of [['cam:81/x', 'http://cam:81/x'], ['https://cam/', 'https://cam/'], ['', '']]) assert.equal(withScheme(url), want);
});
