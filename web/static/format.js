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

/**
 * The local date and time of an RFC 3339 text, or "" when it is none.
 * @param {string} iso
 */
export function localTime(iso) {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? '' : new Date(ms).toLocaleString();
}

/**
 * The local time of the day, with seconds.
 * @param {number} ms
 */
export function clock(ms) {
  const at = new Date(ms);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
}

/**
 * The local date and time, or the time alone when that is of today.
 * @param {number} ms
 * @param {number} now
 */
export function moment(ms, now) {
  const day = dayOf(ms);
  return day === dayOf(now) ? clock(ms) : `${day} ${clock(ms)}`;
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
  return `${safe || 'camera'} ${dayOf(ms)} ${clock(ms).replaceAll(':', '-')}.jpg`;
}

/** @param {number} ms */
function dayOf(ms) {
  const at = new Date(ms);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map(two).join('-');
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
