// @ts-check
// Numbers of bytes that a person types: an amount and its unit.

import { element } from './dom.js';
import { words } from './texts.js';

/** @typedef {{amount: string, unit: string}} Amount as it stands in the fields */

/** @type {Record<string, number>} First those in which disks are sold. */
const units = { MB: 1e6, GB: 1e9, TB: 1e12, MiB: 2 ** 20, GiB: 2 ** 30 };

/**
 * The amount that is so many bytes, in the largest unit that keeps it short.
 * @param {number | null | undefined} bytes
 * @returns {Amount}
 */
export function amountOf(bytes) {
  if (bytes === null || bytes === undefined) return { amount: '', unit: 'GB' };
  const binary = bytes > 0 && ['GiB', 'MiB'].find((name) => bytes % units[name] === 0 && bytes / units[name] < 1000);
  const unit = binary || (bytes >= 1e12 ? 'TB' : bytes >= 1e9 ? 'GB' : 'MB');
  return { amount: String(bytes / units[unit]), unit };
}

/**
 * The bytes of an amount: null for none, NaN for what is no number.
 * @param {Amount} v
 */
export function bytesOf({ amount, unit }) {
  if (amount.trim() === '') return null;
  const n = Number(amount.trim().replace(',', '.'));
  return Number.isFinite(n) ? Math.round(n * units[unit]) : NaN;
}

/**
 * The two fields of an amount.
 * @param {string} id of the first
 * @param {string} label
 * @param {Amount} value
 */
export function bytesControl(id, label, value) {
  const amount = element('input', { id, inputmode: 'decimal', autocomplete: 'off', spellcheck: 'false', placeholder: words.noLimit });
  const unit = element('select', { id: `${id}-unit`, 'aria-label': `${label}: ${words.unit}` },
    ...Object.keys(units).map((name) => element('option', { value: name }, name)));
  const set = (/** @type {Amount} */ v) => {
    amount.value = v.amount;
    unit.value = v.unit;
  };
  set(value);
  return { el: element('div', { class: 'amount' }, amount, unit), read: () => ({ amount: amount.value, unit: unit.value }), set };
}
