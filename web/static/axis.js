// @ts-check
// The axis of a timeline: which stretch of time lies on how many pixels, in the
// local time zone. Pure functions; times are in ms.

/** @typedef {{from: number, to: number}} Axis */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

export const [shortest, longest] = [second, 8 * day]; // that an axis can be

/** How far apart ticks may be. */
const steps = [
  100, 200, 500, second, 2 * second, 5 * second, 10 * second, 30 * second, minute, 2 * minute, 5 * minute, 10 * minute, 30 * minute,
  hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day,
];

/**
 * The local day in which a time lies. It may have 23 or 25 hours.
 * @param {number} ms
 * @returns {Axis}
 */
export function dayOf(ms) {
  const at = new Date(ms);
  const [y, m, d] = [at.getFullYear(), at.getMonth(), at.getDate()];
  return { from: new Date(y, m, d).getTime(), to: new Date(y, m, d + 1).getTime() };
}

/**
 * Where a time lies, in pixels from the left end.
 * @param {Axis} axis
 * @param {number} width px
 * @param {number} ms
 */
export function placeOf({ from, to }, width, ms) {
  return (ms - from) / (to - from) * width;
}

/**
 * The time at a place.
 * @param {Axis} axis
 * @param {number} width px
 * @param {number} x px
 */
export function timeAt({ from, to }, width, x) {
  return from + x / Math.max(1, width) * (to - from);
}

/**
 * The axis with so many times the span, around a time that stays where it is.
 * @param {Axis} axis
 * @param {number} factor
 * @param {number} around
 * @returns {Axis}
 */
export function zoomed({ from, to }, factor, around) {
  const span = Math.min(longest, Math.max(shortest, (to - from) * factor));
  const start = around - (around - from) / (to - from) * span;
  return { from: start, to: start + span };
}

/**
 * The axis moved, but no further than that a part of it lies in the bounds.
 * @param {Axis} axis
 * @param {number} by ms
 * @param {Axis} bounds
 * @returns {Axis}
 */
export function moved({ from, to }, by, bounds) {
  const span = to - from;
  const start = Math.min(bounds.to - span / 4, Math.max(bounds.from - span * 3 / 4, from + by));
  return { from: start, to: start + span };
}

/**
 * The axis moved so that a time lies on it: by a page, as the hand of a clock
 * that runs out of it would have it.
 * @param {Axis} axis
 * @param {number} ms
 * @returns {Axis}
 */
export function holding(axis, ms) {
  const { from, to } = axis;
  if (ms >= from && ms < to) return axis;
  const span = to - from;
  if (span >= day / 2 && span <= day * 1.1) return dayOf(ms);
  const start = ms < from && ms >= from - span ? ms - span * 0.9 : ms - span * 0.1;
  return { from: start, to: start + span };
}

/**
 * Round local times on an axis.
 * @param {Axis} axis
 * @param {number} width px
 * @param {number} [least] px between two of them
 * @returns {{step: number, times: number[]}}
 */
export function ticksOf({ from, to }, width, least = 72) {
  const room = Math.max(1, Math.floor(width / least));
  const step = steps.find((s) => (to - from) / s <= room) ?? day * Math.ceil((to - from) / day / room);
  return { step, times: step < hour ? evenly(from, to, step) : byHours(from, to, step / hour) };
}

/**
 * Times that are round by the clock on the wall, which is off UTC by whole
 * quarters of an hour almost everywhere.
 * @param {number} from
 * @param {number} to
 * @param {number} step
 */
function evenly(from, to, step) {
  const off = -new Date(from).getTimezoneOffset() * minute;
  const times = [];
  for (let t = Math.ceil((from + off) / step) * step - off; t < to; t += step) times.push(t);
  return times;
}

/**
 * Times that are whole hours by the clock on the wall, also over the night in
 * which that is changed.
 * @param {number} from
 * @param {number} to
 * @param {number} hours
 */
function byHours(from, to, hours) {
  /** @type {number[]} */
  const times = [];
  const first = new Date(from);
  const [y, m, d] = [first.getFullYear(), first.getMonth(), first.getDate()];
  for (let h = 0; ; h += hours) {
    const t = new Date(y, m, d, h).getTime();
    if (t >= to) return times;
    if (t >= from && t !== times.at(-1)) times.push(t);
  }
}
