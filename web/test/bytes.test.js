import assert from 'node:assert/strict';
import test from 'node:test';
import { amountOf, bytesOf } from '../static/bytes.js';

for (const [bytes, amount, unit] of [[500e9, '500', 'GB'], [1.5e12, '1.5', 'TB'], [1048576, '1', 'MiB'], [1073741824, '1', 'GiB'], [1073741825, '1.073741825', 'GB'], [2 ** 40, '1.099511627776', 'TB'], [0, '0', 'MB'], [null, '', 'GB'], [999999999, '999.999999', 'MB']]) {
  test(`amount of ${bytes}`, () => {
    assert.deepEqual(amountOf(bytes), { amount, unit });
    assert.equal(bytesOf({ amount, unit }), bytes);
  });
}
test('an amount is read as it is typed', () => {
  assert.equal(bytesOf({ amount: ' 2,5 ', unit: 'TB' }), 2.5e12);
  assert.equal(bytesOf({ amount: '', unit: 'TB' }), null);
  assert.ok(Number.isNaN(bytesOf({ amount: '2 GB', unit: 'GB' })));
});
