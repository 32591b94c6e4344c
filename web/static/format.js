// @ts-check
// Numbers and times as people read them. Pure functions.

import { say } from './texts.js';

/**
 * A length of time in its largest whole unit.
 * @param {number} ms
 */
export function span(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return say.seconds(s);
  if (s < 3600) return say.minutes(Math.floor(s / 60));
  if (s < 48 * 3600) return say.hours(Math.floor(s / 3600));
  return say.days(Math.floor(s / 86400));
}

/**
 * Bits a second in Mbit/s, with as many digits as say something.
 * @param {number} bits
 */
export function megabits(bits) {
  const n = bits / 1e6;
  return say.megabits(n.toFixed(n < 10 ? 2 : 1));
}

/**
 * Pictures a second: 14.9, and 25 rather than 25.0.
 * @param {number} fps
 */
export function rate(fps) {
  return fps.toFixed(1).replace(/\.0$/, '');
}

/**
 * Whole seconds from now until a time; 0 when there is none or it has come.
 * @param {string | null} iso
 * @param {number} now ms
 */
export function secondsUntil(iso, now) {
  return iso === null ? 0 : Math.max(0, Math.ceil((Date.parse(iso) - now) / 1000));
}

// Times, as people here write them: in the locale of the browser and its time zone.
const styled = (/** @type {Intl.DateTimeFormatOptions} */ options) => new Intl.DateTimeFormat([], options);
const [clocks, instants, exacts] = [
  styled({ timeStyle: 'medium' }), styled({ dateStyle: 'medium', timeStyle: 'medium' }), styled({ dateStyle: 'medium', timeStyle: 'long' }),
];
const parted = (/** @type {1 | 3} */ digits) => styled({ hour: 'numeric', minute: '2-digit', second: '2-digit', fractionalSecondDigits: digits });
const [tenths, thousandths, minutes] = [parted(1), parted(3), styled({ timeStyle: 'short' })];
const weekdays = styled({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
const [days, shortYears, months, longDays] = [styled({ day: 'numeric', month: 'short' }), styled({ dateStyle: 'medium' }), styled({ month: 'long', year: 'numeric' }), styled({ dateStyle: 'full' })];
const weekdayNames = styled({ weekday: 'short' });
const hour = 3_600_000;

/**
 * The time of the day, with seconds.
 * @param {number} ms
 */
export const clock = (ms) => clocks.format(ms);

/**
 * The time of the day, with thousandths.
 * @param {number} ms
 */
export const exactClock = (ms) => thousandths.format(ms);

/**
 * A date, with the day of the week.
 * @param {number} ms
 */
export const date = (ms) => weekdays.format(ms);

/**
 * A date where there is little room: without the year, when that is the one of now.
 * @param {number} ms
 * @param {number} now
 */
export const shortDate = (ms, now) => (new Date(ms).getFullYear() === new Date(now).getFullYear() ? days : shortYears).format(ms);

/** A date in words, for who hears it. */
export const longDate = (/** @type {number} */ ms) => longDays.format(ms);
/** A month of a year. */
export const month = (/** @type {number} */ ms) => months.format(ms);
/** The day of the week. */
export const weekday = (/** @type {number} */ ms) => weekdayNames.format(ms);

/**
 * A date and time to the second, with the zone where the time could mean two
 * instants: in the night in which clocks are set back.
 * @param {number} ms
 */
export function instant(ms) {
  const twice = [-hour, hour].some((by) => instants.format(ms + by) === instants.format(ms));
  return (twice ? exacts : instants).format(ms);
}

/**
 * The instant of an RFC 3339 text with its zone, for what is decided, kept or passed
 * on; "" when it is none.
 * @param {string} iso
 */
export function exact(iso) {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? '' : exacts.format(ms);
}

/**
 * A range of time with its zone, in which nothing is said twice.
 * @param {number} from ms
 * @param {number} to ms
 */
export function range(from, to) {
  const start = Math.min(from, to);
  if (zone(start) !== zone(to)) return say.range(exacts.format(start), exacts.format(to));
  return say.range(instants.format(start), `${dayOf(start) === dayOf(to) ? clock(to) : instants.format(to)} ${zone(to)}`);
}

/**
 * An instant, or the time alone when that is of today.
 * @param {number} ms
 * @param {number} now
 */
export const moment = (ms, now) => (dayOf(ms) === dayOf(now) ? clock(ms) : instant(ms));

/** How the zone is called in which times are shown. */
export const zone = (/** @type {number} */ ms) => exacts.formatToParts(ms).find((p) => p.type === 'timeZoneName')?.value ?? '';

/**
 * What stands at a tick of an axis.
 * @param {number} ms
 * @param {number} step ms between ticks
 */
export function tick(ms, step) {
  const at = new Date(ms);
  if (step >= 24 * hour || (step >= hour && at.getHours() + at.getMinutes() === 0)) return days.format(ms);
  if (step < 1000) return tenths.format(ms);
  return (step < 60_000 ? clocks : minutes).format(ms);
}

/**
 * How old a picture is: in milliseconds below a second, with tenths below ten.
 * @param {number} ms
 */
export function age(ms) {
  if (ms < 1000) return say.milliseconds(Math.max(0, Math.round(ms)));
  return ms < 9950 ? say.secondsAndTenths((ms / 1000).toFixed(1)) : span(ms);
}

/**
 * A length of time in its two largest units.
 * @param {number} ms
 */
export function length(ms) {
  const s = Math.round(ms / 1000);
  if (s < 60) return say.seconds(s);
  if (s < 3600) return pair(say.minutes(Math.floor(s / 60)), s % 60, say.seconds);
  if (s < 86400) return pair(say.hours(Math.floor(s / 3600)), Math.floor(s / 60) % 60, say.minutes);
  return pair(say.days(Math.floor(s / 86400)), Math.floor(s / 3600) % 24, say.hours);
}

/**
 * @param {string} large
 * @param {number} rest
 * @param {(n: number) => string} small
 */
const pair = (large, rest, small) => (rest === 0 ? large : `${large} ${small(rest)}`);

/**
 * The name of a file for a picture of a camera, which every system takes.
 * @param {string} camera
 * @param {number} ms when it was taken
 */
export function fileName(camera, ms) {
  const safe = [...camera.replace(/[\u0000-\u001f\u007f<>:"/\\|?*]+/g, '-')].slice(0, 60).join('').replace(/^[ .-]+|[ .-]+$/g, '');
  return `${safe || 'camera'} ${dayOf(ms)} ${timeOf(ms)}.jpg`;
}

/**
 * The local date as files and the hub have it, 2026-01-02.
 * @param {number} ms
 */
export function dayOf(ms) {
  const at = new Date(ms);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map(two).join('-');
}

/** @param {number} ms */
function timeOf(ms) {
  const at = new Date(ms);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join('-');
}

/** @param {number} n */
const two = (n) => String(n).padStart(2, '0');

/**
 * A number of bytes in decimal units, with as many digits as say something.
 * @param {number} bytes
 */
export function size(bytes) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let [n, at] = [Math.max(0, bytes), 0];
  for (; n >= 999.5 && at < units.length - 1; at++) n /= 1000;
  return say.size(at === 0 || n >= 99.95 ? n.toFixed(0) : n.toFixed(1), units[at]);
}

/**
 * How many days something lasts: 3.2 days, 41 days, or hours if it is less than one.
 * @param {number} days
 */
export function dayCount(days) {
  if (days < 1) return span(days * 86400e3);
  return say.days(days < 10 ? Math.floor(days * 10) / 10 : Math.floor(days));
}
