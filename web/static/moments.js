// @ts-check
// Instants of a timeline as people read them, in the local time zone. Pure.

import { clock } from './format.js';

const hour = 3_600_000;

/**
 * What stands at a tick.
 * @param {number} ms
 * @param {number} step ms between ticks
 */
export function tickLabel(ms, step) {
  const time = clock(ms);
  if (step >= 24 * hour || (step >= hour && time === '00:00:00')) return new Date(ms).toLocaleDateString([], { day: 'numeric', month: 'short' });
  if (step < 1000) return `${time}.${Math.floor(ms % 1000 / 100)}`;
  return step < 60_000 ? time : time.slice(0, 5);
}

/**
 * The local date, with the day of the week.
 * @param {number} ms
 */
export function dateText(ms) {
  return new Date(ms).toLocaleDateString([], { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
}

/**
 * The local date and time to the second, with the zone where the time alone could
 * mean two instants.
 * @param {number} ms
 */
export function instantText(ms) {
  const twice = [-hour, hour].some((by) => clock(ms + by) === clock(ms));
  const zone = twice ? ` ${new Intl.DateTimeFormat([], { timeZoneName: 'short' }).formatToParts(ms).find((p) => p.type === 'timeZoneName')?.value ?? ''}` : '';
  return `${dateText(ms)} ${clock(ms)}${zone}`;
}

/**
 * A day as the hub writes it, 2026-01-02.
 * @param {number} ms
 */
export function dayText(ms) {
  const at = new Date(ms);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((n) => String(n).padStart(2, '0')).join('-');
}

/**
 * The instant that an address names, in ms: as in RFC 3339, or a local time without
 * a zone; null when it is none.
 * @param {string} text
 */
export function parseInstant(text) {
  if (!/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/i.test(text)) return null;
  const ms = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'));
  return Number.isNaN(ms) ? null : ms;
}
