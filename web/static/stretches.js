// @ts-check
// What is recorded of several cameras together. Pure functions; times are in ms.

/** @typedef {{code: string, message: string}} Reason */
/** @typedef {{from: number, to: number, reason: Reason}} Gap */
/** @typedef {{camera: string, ranges: {from: number, to: number}[], gaps: Gap[]}} Recorded of one camera, in the order of time */
/** @typedef {{from: number, to: number, cameras: number}} Stretch with recordings of so many cameras */

/**
 * Reads an answer of GET /api/v1/recordings.
 * @param {any} answer
 * @returns {Recorded[]}
 */
export function readRecordings(answer) {
  const times = (/** @type {any} */ x) => ({ ...x, from: Date.parse(x.from), to: Date.parse(x.to) });
  return answer.cameras.map((/** @type {any} */ c) => ({ camera: c.camera, ranges: c.ranges.map(times), gaps: c.gaps.map(times) }));
}

/**
 * The stretches in which anything is recorded, by how many cameras have it.
 * @param {Recorded[]} recorded
 * @returns {Stretch[]} in the order of time; they do not overlap
 */
export function stretchesOf(recorded) {
  const edges = recorded.flatMap(({ ranges }) => ranges.flatMap(({ from, to }) => [{ at: from, by: 1 }, { at: to, by: -1 }]));
  edges.sort((a, b) => a.at - b.at || a.by - b.by);
  /** @type {Stretch[]} */
  const out = [];
  let cameras = 0;
  let since = 0;
  for (const { at, by } of edges) {
    if (cameras > 0 && at > since) {
      const last = out.at(-1);
      if (last && last.to === since && last.cameras === cameras) last.to = at;
      else out.push({ from: since, to: at, cameras });
    }
    cameras += by;
    since = at;
  }
  return out;
}

/**
 * Why a camera has nothing at a time; null when it has, or nobody knows.
 * @param {Recorded} recorded
 * @param {number} ms
 * @returns {Gap | null}
 */
export function gapAt({ gaps }, ms) {
  return gaps.find((g) => g.from <= ms && ms < g.to) ?? null;
}

/**
 * Whether a camera has something at a time.
 * @param {Recorded} recorded
 * @param {number} ms
 */
export function hasAt({ ranges }, ms) {
  return ranges.some((r) => r.from <= ms && ms <= r.to);
}

/**
 * The stretches in which no camera has anything though one was to be recorded, with
 * the reasons.
 * @param {Recorded[]} recorded
 * @returns {{from: number, to: number, reasons: Reason[]}[]}
 */
export function commonGaps(recorded) {
  const all = recorded.flatMap(({ gaps }) => gaps).sort((a, b) => a.from - b.from);
  const taken = stretchesOf(recorded);
  /** @type {{from: number, to: number, reasons: Reason[]}[]} */
  const out = [];
  for (const { from, to, reason } of all) {
    for (const part of without({ from, to }, taken)) {
      const last = out.at(-1);
      if (last && part.from < last.to) {
        last.to = Math.max(last.to, part.to);
        if (!last.reasons.some((r) => r.code === reason.code)) last.reasons.push(reason);
      } else out.push({ ...part, reasons: [reason] });
    }
  }
  return out;
}

const longest = 120_000; // ms that are marked at first
const share = 8; // of what is seen, at most

/**
 * The range that a person most likely means who marks something at an instant: short,
 * and recorded, if anything is in the part of time that is seen.
 * @param {number} at
 * @param {{from: number, to: number}} seen
 * @param {Stretch[]} stretches that are recorded
 * @param {number} now
 * @returns {{from: number, to: number}}
 */
export function rangeAround(at, seen, stretches, now) {
  const end = Math.min(seen.to, Math.max(seen.from, now));
  const away = (/** @type {{from: number, to: number}} */ s) => Math.max(0, s.from - at, at - s.to);
  const parts = joined(stretches).map((s) => ({ from: Math.max(s.from, seen.from), to: Math.min(s.to, end) })).filter((s) => s.to > s.from);
  const { from, to } = parts.reduce((a, b) => (away(b) < away(a) ? b : a), parts[0] ?? { from: seen.from, to: end });
  const length = Math.min(longest, (seen.to - seen.from) / share, to - from);
  const start = Math.min(to - length, Math.max(from, at - length / 2));
  return { from: start, to: start + length };
}

export const least = 1000; // ms that a range has at least
const page = 0.02; // of what is seen

/**
 * How far a key moves an end of a range, in ms: an arrow by a tenth of the range, which may
 * be much shorter than what is seen, Page Up and Down further, an arrow with Shift by a
 * second; 0 for other keys.
 * @param {{key: string, shiftKey: boolean}} pressed
 * @param {{from: number, to: number}} range
 * @param {{from: number, to: number}} seen
 */
export function stepOf({ key, shiftKey }, range, seen) {
  const far = Math.max(least, (seen.to - seen.from) * page);
  const paged = { PageDown: -far, PageUp: far }[key];
  if (paged !== undefined) return paged;
  const way = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[key] ?? 0;
  return way * (shiftKey ? least : Math.min(far, Math.max(least, (range.to - range.from) / 10)));
}

/**
 * Stretches that touch as one, of however many cameras.
 * @param {Stretch[]} stretches
 */
function joined(stretches) {
  /** @type {{from: number, to: number}[]} */
  const out = [];
  for (const { from, to } of stretches) {
    const last = out.at(-1);
    if (last && last.to === from) last.to = to;
    else out.push({ from, to });
  }
  return out;
}

/**
 * What is left of a range without others.
 * @param {{from: number, to: number}} range
 * @param {{from: number, to: number}[]} others in the order of time
 */
function without(range, others) {
  const out = [];
  let at = range.from;
  for (const { from, to } of others) {
    if (to <= at) continue;
    if (from >= range.to) break;
    if (from > at) out.push({ from: at, to: from });
    at = Math.max(at, to);
  }
  if (at < range.to) out.push({ from: at, to: range.to });
  return out;
}
