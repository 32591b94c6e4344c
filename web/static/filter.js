// @ts-check
// Which cameras of the wall are looked for. Pure functions.

import { states } from './texts.js';

/** @typedef {import('./api.js').Camera} Camera */

const plain = (/** @type {string} */ text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/**
 * Whether a camera has each word of a text in its name, id, group or state.
 * Case and accents do not count.
 * @param {Camera} camera
 * @param {string} text
 */
export function matches(camera, text) {
  const { id, name, group = '', status: { state } } = camera;
  const hay = plain([name, id, group, state, states[state] ?? ''].join('\n'));
  return plain(text).split(/\s+/).every((word) => hay.includes(word));
}

/**
 * The cameras of a group that a filter lets through.
 * @param {Camera[]} list
 * @param {{group: string | null, filter: string}} view
 */
export function chosenOf(list, { group, filter }) {
  return list.filter((camera) => inGroup(camera, group) && matches(camera, filter));
}

/**
 * The groups that exist, by name, with the number of their cameras. "" are the
 * cameras without one; it comes last, and only beside others.
 * @param {Camera[]} list
 * @returns {{name: string, count: number}[]}
 */
export function groupsOf(list) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { group = '' } of list) counts.set(group, (counts.get(group) ?? 0) + 1);
  const names = [...counts.keys()].filter((name) => name !== '').sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  if (names.length > 0 && counts.has('')) names.push('');
  return names.map((name) => ({ name, count: counts.get(name) ?? 0 }));
}

/**
 * Whether a camera is in a group: null is all of them. A name typed into an
 * address need not have the right case.
 * @param {Camera} camera
 * @param {string | null} group
 */
export function inGroup(camera, group) {
  return group === null || plain(camera.group ?? '') === plain(group);
}
