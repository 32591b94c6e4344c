// @ts-check
// What of the wall is shown, as an address says it: /?group=outside&layout=4.
// Pure functions.

import { layouts } from './layout.js';

/**
 * @typedef {object} View
 * @property {string} layout one of layouts
 * @property {string} large the id of the large camera of the layout "focus"; "" is the first
 * @property {string | null} group null is all of them, "" the cameras without one
 * @property {string} filter
 * @property {number} page from 0; there may be less pages
 * @property {boolean} kiosk nothing but pictures
 * @property {number} rotate ms until the next page or group; 0 is never
 */

/** @type {View} */
const plain = { layout: 'auto', large: '', group: null, filter: '', page: 0, kiosk: false, rotate: 0 };

const longestText = 200;
export const [shortestTurn, longestTurn] = [2000, 24 * 3600 * 1000]; // ms

/**
 * Reads the query of an address. What can't be read is left as usual and named.
 * @param {string} search such as location.search
 * @returns {{view: View, faults: {name: string, value: string}[]}}
 */
export function parseView(search) {
  const query = new URLSearchParams(search);
  const view = { ...plain };
  /** @type {{name: string, value: string}[]} */
  const faults = [];
  /**
   * @template T
   * @param {string} name
   * @param {(value: string) => T | null} read
   * @param {(value: T) => void} take
   */
  const parameter = (name, read, take) => {
    const value = query.get(name);
    if (value === null) return;
    const v = read(value.slice(0, longestText));
    if (v === null) faults.push({ name, value: value.slice(0, longestText) });
    else take(v);
  };
  const text = (/** @type {string} */ value) => value;
  parameter('layout', (value) => (layouts.includes(value) ? value : null), (v) => { view.layout = v; });
  parameter('large', text, (v) => { view.large = v; });
  parameter('group', text, (v) => { view.group = v; });
  parameter('filter', text, (v) => { view.filter = v; });
  parameter('page', (value) => (/^[1-9]\d{0,3}$/.test(value) ? Number(value) - 1 : null), (v) => { view.page = v; });
  parameter('kiosk', flag, (v) => { view.kiosk = v; });
  parameter('rotate', turn, (v) => { view.rotate = v; });
  return { view, faults };
}

/**
 * The query that shows a view. Parameters that mean nothing here are kept.
 * @param {View} view
 * @param {string} search the query as it is
 * @returns {string} "" or "?…"
 */
export function searchOf(view, search) {
  const query = new URLSearchParams(search);
  const { layout, large, group, filter, page } = view;
  /** @type {Record<string, string | null>} */
  const values = {
    layout: layout === plain.layout ? null : layout, large: layout === 'focus' && large !== '' ? large : null,
    group, filter: filter || null, page: page > 0 ? String(page + 1) : null,
  };
  if (!view.kiosk) values.kiosk = values.rotate = null;
  for (const [name, value] of Object.entries(values)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** @param {string} value */
function flag(value) {
  if (['1', 'true', 'yes', 'on', ''].includes(value)) return true;
  return ['0', 'false', 'no', 'off'].includes(value) ? false : null;
}

/**
 * Reads a time such as "20s", "1m30s" or "20" (seconds), in ms; 0 is never.
 * @param {string} value
 */
function turn(value) {
  const parts = /^(?=\d)(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6}(?:\.\d{1,3})?)s?)?$/.exec(value.trim());
  if (parts === null) return null;
  const [h, m, s] = parts.slice(1).map((part) => Number(part ?? 0));
  const ms = ((h * 60 + m) * 60 + s) * 1000;
  return ms === 0 || (ms >= shortestTurn && ms <= longestTurn) ? ms : null;
}
