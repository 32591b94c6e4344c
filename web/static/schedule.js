// @ts-check
// Plans of a week, such as "mon-fri 08:00-18:00, sat 22:00-02:00": from their
// text, in the hub's notation, to minutes and back. Pure functions.

import { say } from './texts.js';

/** @typedef {Uint8Array<ArrayBuffer>} Week 1 for each minute that is on, from Monday 0:00 */

export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const day = 24 * 60; // minutes
const week = 7 * day;

/**
 * What the hub's clock shows, as it tells it, where its zone has another time than here.
 * @param {string} localTime as in RFC 3339
 * @param {number} [here] minutes that the zone of this page is ahead of UTC
 * @returns {{clock: string, zone: string} | null}
 */
export function clockElsewhere(localTime, here = -new Date(localTime).getTimezoneOffset()) {
  const [, clock, zone] = /T(\d\d:\d\d).*?(Z|[+-]\d\d:\d\d)$/.exec(localTime) ?? [];
  if (!clock) return null;
  const [hours, minutes] = zone === 'Z' ? [0, 0] : zone.slice(1).split(':').map(Number);
  const ahead = (hours * 60 + minutes) * (zone[0] === '-' ? -1 : 1);
  return ahead === here ? null : { clock, zone: `UTC${zone === 'Z' ? '' : zone}` };
}

/** A week that is never on. */
export const never = () => new Uint8Array(week);

/**
 * Reads a plan. The fault is a sentence for a person, or "".
 * @param {string} text
 * @returns {{on: Week, fault: string}}
 */
export function parsePlan(text) {
  const on = never();
  for (const [i, part] of text.split(',').entries()) {
    const fault = readPart(part.trim().toLowerCase(), on);
    if (fault !== '') return { on: never(), fault: say.planFault(i + 1, fault) };
  }
  return { on, fault: '' };
}

/**
 * Adds one part of a plan to a week.
 * @param {string} part
 * @param {Week} on
 * @returns {string} what is wrong with it
 */
function readPart(part, on) {
  const [which, hours, more] = part.split(/\s+/);
  if (!hours || more) return say.planPart(part);
  const [a, b = a, third] = which.split('-');
  const [first, last] = which === 'daily' ? [0, 6] : [days.indexOf(a), days.indexOf(b)];
  if (first < 0 || last < 0 || third !== undefined) return say.planDays(which);
  const match = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(hours);
  const [h1, m1, h2, m2] = (match ?? []).slice(1).map(Number);
  const [from, to] = [h1 * 60 + m1, h2 * 60 + m2];
  if (!match || m1 > 59 || m2 > 59 || from >= day || to > day) return say.planHours(hours);
  const length = to > from ? to - from : to + day - from;
  for (let d = first; ; d = (d + 1) % 7) {
    for (let i = 0; i < length; i++) on[(d * day + from + i) % week] = 1;
    if (d === last) return '';
  }
}

/**
 * How much of an hour is on: 0 to 60 minutes.
 * @param {Week} on
 * @param {number} d the day, from 0
 * @param {number} hour
 */
export const minutesOn = (on, d, hour) => on.subarray(d * day + hour * 60, d * day + hour * 60 + 60).reduce((a, b) => a + b, 0);

/**
 * Turns an hour on or off.
 * @param {Week} on is changed
 * @param {number} d
 * @param {number} hour
 * @param {boolean} value
 */
export function setHour(on, d, hour, value) {
  on.fill(value ? 1 : 0, d * day + hour * 60, d * day + hour * 60 + 60);
}

/**
 * Writes a week as a plan, as short as a person would; "" if it is never on.
 * @param {Week} on
 */
export function formatPlan(on) {
  /** @type {Map<string, number[]>} hours to the days that have them */
  const found = new Map();
  for (const { from, to } of stretches(on)) {
    const hours = `${clock(from % day)}-${clock(to % day === 0 ? day : to % day)}`;
    found.set(hours, [...found.get(hours) ?? [], Math.floor(from / day)]);
  }
  const parts = [...found].flatMap(([hours, on]) => ranges(on).map(([a, b]) => ({ at: a, hours, text: `${named(a, b)} ${hours}` })));
  parts.sort((x, y) => x.at - y.at || (x.hours < y.hours ? -1 : 1));
  return parts.map((p) => p.text).join(', ');
}

/**
 * The stretches of a week that are on, none longer than a day: one that goes
 * past midnight is whole if it can be, else it is cut at each midnight. Their
 * ends may lie behind the end of the week.
 * @param {Week} on
 */
function stretches(on) {
  const off = on.indexOf(0);
  if (off < 0) return days.map((_, d) => ({ from: d * day, to: (d + 1) * day }));
  const all = [];
  for (let i = off; i < off + week; i++) {
    if (!on[i % week]) continue;
    const from = i;
    while (on[i % week]) i++;
    if (i - from <= day) all.push({ from, to: i });
    else for (let at = from; at < i;) all.push({ from: at, to: at = Math.min(i, (Math.floor(at / day) + 1) * day) });
  }
  return all.map(({ from, to }) => ({ from: from % week, to: to - from + from % week })).sort((a, b) => a.from - b.from);
}

/** @param {number} minutes */
const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/**
 * Days in a row, as ranges.
 * @param {number[]} list in order
 * @returns {[number, number][]}
 */
function ranges(list) {
  /** @type {[number, number][]} */
  const out = [];
  for (const d of list) {
    const last = out.at(-1);
    if (last && last[1] === d - 1) last[1] = d;
    else out.push([d, d]);
  }
  return out;
}

/**
 * @param {number} a
 * @param {number} b
 */
function named(a, b) {
  if (a === 0 && b === 6) return 'daily';
  return a === b ? days[a] : `${days[a]}-${days[b]}`;
}
