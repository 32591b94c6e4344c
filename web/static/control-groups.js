// @ts-check
// What a person is to know of the controls of a camera: where each belongs, why
// it can't be changed, what its default is. No DOM.

import { say, words } from './texts.js';

/** @typedef {import('./controls-api.js').Control} Control */
/** @typedef {import('./controls-api.js').Controls} Controls */
/** @typedef {import('./controls-api.js').Values} Values */

const order = ['image', 'white_balance', 'exposure', 'lens', 'other'];

/**
 * Groups controls as people look for them; a group that this page does not know
 * is "other". Inside a group they stand as the driver has them.
 * @param {Control[]} controls
 */
export function groupsOf(controls) {
  const groupOf = (/** @type {Control} */ { group = '' }) => (order.includes(group) ? group : 'other');
  return order.map((name) => ({ name, controls: controls.filter((c) => groupOf(c) === name) })).filter((g) => g.controls.length > 0);
}

/**
 * What the form of the rows depends on: it changes when another device or driver
 * is there, and not with values.
 * @param {Control[]} controls
 */
export function shapeOf(controls) {
  return JSON.stringify(controls.map((c) => [c.name, c.label, c.type, c.group, c.min, c.max, c.step, c.menu, c.read_only]));
}

/**
 * Why a control can't be changed now, or "".
 * @param {Control} control
 * @param {Control[]} all
 */
export function reasonOf({ read_only: readOnly, inactive, decided_by: by }, all) {
  if (readOnly) return words.controlReadOnly;
  if (!inactive) return '';
  const other = all.find((c) => c.name === by);
  if (!other) return words.controlInactive;
  return say.decidedBy(other.label, valueText(other));
}

/**
 * The value of a control, for people.
 * @param {Control} control
 */
export function valueText({ type, value, menu }) {
  if (type === 'boolean') return value === 0 ? words.controlOff : words.controlOn;
  return menu?.find((item) => item.value === value)?.label ?? String(value);
}

/**
 * Whether going back to the default would change anything.
 * @param {Control} control
 * @param {Record<string, number>} stored
 */
export function resettable({ name, type, value, default: normal, read_only: readOnly, inactive }, stored) {
  if (readOnly || type === 'button') return false;
  return Object.hasOwn(stored, name) || (!inactive && value !== normal);
}

/**
 * What takes everything back to its default.
 * @param {Controls} known
 * @returns {Values}
 */
export function defaultsOf({ controls, stored }) {
  const names = [...controls.filter((c) => resettable(c, stored)).map((c) => c.name), ...Object.keys(stored)];
  return Object.fromEntries(names.map((name) => [name, null]));
}

/**
 * What is wrong with a number that was typed for a control, or "".
 * @param {Control} control
 * @param {string} text
 */
export function faultOf({ min, max, step }, text) {
  const n = Number(text);
  if (text.trim() === '' || !Number.isInteger(n)) return say.wholeNumber;
  if (n < min || n > max) return say.fromTo(min, max);
  return step > 1 && (n - min) % step !== 0 ? say.stepsFrom(min, step) : '';
}

/**
 * The faults of a refusal by the names of controls.
 * @param {{pointer: string, detail: string}[]} fields
 * @returns {Map<string, string>}
 */
export function faultsOf(fields) {
  return new Map(fields.map(({ pointer, detail }) => [pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~'), detail]));
}
