import assert from 'node:assert/strict';
import test from 'node:test';

globalThis.ResizeObserver = class { observe() {} };
const { wordsThatFit } = await import('../static/fit.js');

const text = 'The camera refused the connection: nothing listens at this address.';
for (const [room, want] of [
  [100, text], [text.length, text], [text.length - 1, 'The camera refused the connection: nothing listens at this…'],
  [45, 'The camera refused the connection: nothing…'], [40, 'The camera refused the connection…'], [36, 'The camera refused the connection…'],
  [4, 'The…'], [3, ''], [0, ''],
]) {
  test(`words that fit ${room} letters`, () => assert.equal(wordsThatFit(text, (part) => part.length <= room), want));
}
test('a word that is too long alone is not cut', () => assert.equal(wordsThatFit('http://192.168.1.20/video', (part) => part.length < 9), ''));
