import assert from 'node:assert/strict';
import { test } from 'node:test';

import { nextPage } from '../static/next.js';

const origin = 'http://hub.local:8080';

test('pages of ours are gone to', () => {
  for (const page of ['/', '/cameras/front-door', '/users?x=1#top', '/cameras/a/feed?width=640']) {
    assert.equal(nextPage(`?next=${encodeURIComponent(page)}`, origin), page);
  }
});

test('other sites and scripts are not', () => {
  for (const bad of ['//evil.example', '/\\evil.example', '/\t/evil.example', '\\\\evil.example', 'https://evil.example/',
    'javascript:alert(1)', 'evil', '', '/.//evil.example', '/..//evil.example', '/x/..//evil.example', 'data:text/html,x']) {
    assert.equal(nextPage(`?next=${encodeURIComponent(bad)}`, origin), '/', bad);
  }
  assert.equal(nextPage('', origin), '/');
});
