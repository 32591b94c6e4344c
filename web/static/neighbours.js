// @ts-check
// Which camera comes before and after another, as on the wall that one came
// from. Pure functions.

import { states } from './texts.js';

/** @typedef {Pick<import('./api.js').Camera, 'id' | 'name' | 'group'> & {status: {state: string}}} Camera */

/**
 * @typedef {object} Choice Which cameras the wall shows.
 * @property {string} group "" is all
 * @property {string} filter words in the name, id, group or state; "" is none
 */

/**
 * Reads the choice from the query of an address, as the wall writes it there.
 * @param {string} query with or without its question mark
 * @returns {Choice}
 */
export function choiceOf(query) {
  const params = new URLSearchParams(query);
  return { group: params.get('group') ?? '', filter: (params.get('filter') ?? '').trim().toLowerCase() };
}

/**
 * @param {Camera} camera
 * @param {Choice} choice
 */
function chosen({ id, name, group = '', status }, choice) {
  if (choice.group !== '' && group !== choice.group) return false;
  const text = [name, id, group, status.state, states[status.state] ?? ''].join('\n').toLowerCase();
  return choice.filter === '' || choice.filter.split(/\s+/).every((word) => text.includes(word));
}

/**
 * The camera so many places on, round and round; null when there is no other.
 * One that the choice leaves out still has neighbours: those around its place.
 * @template {Camera} T
 * @param {T[]} cameras in wall order
 * @param {string} id
 * @param {1 | -1} by
 * @param {Choice} choice
 * @returns {T | null}
 */
export function neighbour(cameras, id, by, choice) {
  const start = cameras.findIndex((c) => c.id === id);
  if (start < 0) return null;
  for (let i = 1; i < cameras.length; i++) {
    const camera = cameras[(start + by * i + cameras.length * i) % cameras.length];
    if (chosen(camera, choice)) return camera;
  }
  return null;
}

/**
 * Which of the chosen cameras this is, from 1; 0 when it is none.
 * @param {Camera[]} cameras
 * @param {string} id
 * @param {Choice} choice
 * @returns {{at: number, of: number}}
 */
export function placeOf(cameras, id, choice) {
  const list = cameras.filter((c) => chosen(c, choice));
  return { at: list.findIndex((c) => c.id === id) + 1, of: list.length };
}

/**
 * The wall that led to a page, if one did: its address, and whether the browser
 * can go back to it.
 * @param {string} referrer
 * @param {string} here the address of the page
 * @param {number} entries in the history of the tab
 * @returns {{query: string, back: boolean}}
 */
export function wallBefore(referrer, here, entries) {
  const at = new URL(here);
  const from = URL.canParse(referrer) ? new URL(referrer) : null;
  const wall = from !== null && from.origin === at.origin && from.pathname === '/';
  return { query: at.search || (wall ? from.search : ''), back: wall && entries > 1 };
}
