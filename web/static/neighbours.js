// @ts-check
// Which camera comes before and after another, as on the wall that one came
// from. Pure functions.

import { chosenOf } from './filter.js';

/** @typedef {import('./api.js').Camera} Camera */
/** @typedef {Pick<import('./view.js').View, 'group' | 'filter'>} Choice Which cameras the wall shows. */

/**
 * The camera so many places on, round and round; null when there is no other.
 * One that the choice leaves out still has neighbours: those around its place.
 * @param {Camera[]} cameras in wall order
 * @param {string} id
 * @param {1 | -1} by
 * @param {Choice} choice
 * @returns {Camera | null}
 */
export function neighbour(cameras, id, by, choice) {
  const start = cameras.findIndex((c) => c.id === id);
  if (start < 0) return null;
  const others = [...cameras.slice(start + 1), ...cameras.slice(0, start)];
  return chosenOf(others, choice).at(by > 0 ? 0 : -1) ?? null;
}

/**
 * Which of the chosen cameras this is, from 1; 0 when it is none.
 * @param {Camera[]} cameras
 * @param {string} id
 * @param {Choice} choice
 * @returns {{at: number, of: number}}
 */
export function placeOf(cameras, id, choice) {
  const list = chosenOf(cameras, choice);
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
