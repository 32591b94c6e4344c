// @ts-check
// The figures of a camera in a table, and as plots over the last minutes.

import { element, setText } from './dom.js';
import { age, moment, megabits, rate, secondsUntil, span } from './format.js';
import { Plot } from './plot.js';
import { figures, recordStates, say, states, words } from './texts.js';

/** @typedef {import('./api.js').Camera} Camera */

/**
 * @typedef {object} Now What a page knows besides the camera.
 * @property {number} time the hub's, ms
 * @property {number | null} age of the newest picture that the hub has, ms
 * @property {{fps: number, width: number, height: number} | null} seen on the page
 * @property {import('./shown.js').Shown} what the page shows
 */

/**
 * The figures to show, in order; those that say nothing now are left out.
 * @param {Camera} camera
 * @param {Now} now
 * @returns {[string, string][]}
 */
export function rowsOf({ status: s, source, mode, group, record }, now) {
  /** @type {[string, string | number | false | null | undefined][]} */
  const rows = [
    [figures.state, states[s.state] ?? s.state],
    [figures.since, `${moment(Date.parse(s.since), now.time)} (${span(now.time - Date.parse(s.since))})`],
    [figures.error, s.error?.message],
    [figures.retry, s.state === 'offline' && secondsUntil(s.retry_at, now.time) > 0 && say.seconds(secondsUntil(s.retry_at, now.time))],
    [figures.attempts, s.attempts > 0 && String(s.attempts)],
    [figures.size, s.width && s.height && say.pixels(s.width, s.height)],
    [figures.fps, rate(s.fps)],
    [figures.bitrate, megabits(s.bitrate)],
    [figures.age, now.age !== null && age(now.age)],
    [figures.shown, shownOf(now)],
    [figures.viewers, String(s.viewers)],
    [figures.dropped, s.dropped.toLocaleString('en')],
    [figures.frames, s.frames.toLocaleString('en')],
    [figures.kind, source.kind],
    [figures.mode, mode === 'on_demand' ? words.modeOnDemand : words.modeAlways],
    [figures.recording, recordingOf(s.recording ?? null, record?.mode ?? 'off')],
    [figures.group, group],
  ];
  return rows.flatMap(([name, value]) => (value ? [[name, String(value)]] : []));
}

/**
 * What is shown on the page, if anything can be said of it.
 * @param {Now} now
 */
function shownOf({ seen, what }) {
  const live = seen && say.shown(rate(seen.fps), say.pixels(seen.width, seen.height));
  if (what.kind !== 'recorded' && what.kind !== 'held') return live;
  return live && what.kind === 'recorded' ? `${what.text}, ${live}` : what.text;
}

/**
 * Whether a camera is recorded now, and why not.
 * @param {import('./api.js').Status['recording'] | null} recording
 * @param {string} mode
 */
function recordingOf(recording, mode) {
  if (!recording) return mode === 'schedule' ? words.notNow : mode === 'always' ? recordStates.waiting : words.recordOff;
  return recording.state === 'failing' ? say.unrecorded(recording.reason) : recordStates[recording.state] ?? recording.state;
}

/**
 * Shows rows in a <dl>, and touches only what differs.
 * @param {HTMLElement} table
 * @param {[string, string][]} rows
 */
export function showRows(table, rows) {
  if (table.childElementCount !== rows.length) {
    table.replaceChildren(...rows.map(() => element('div', {}, element('dt'), element('dd', { dir: 'auto' }))));
  }
  rows.forEach(([name, value], i) => {
    const row = table.children[i];
    setText(row.children[0], name);
    setText(row.children[1], value);
  });
}

export class Plots {
  #rate = new Plot(words.plotRate, rate);
  #bits = new Plot(words.plotBits, megabits);
  #age = new Plot(words.plotAge, age);

  /** @param {HTMLElement} place */
  constructor(place) {
    place.append(this.#rate.el, this.#bits.el, this.#age.el);
  }

  /** Forgets everything: another camera is shown. */
  clear() {
    for (const plot of [this.#rate, this.#bits, this.#age]) plot.clear(performance.now());
  }

  /**
   * Takes the figures of now; to be called about once a second.
   * @param {import('./api.js').Status | null} status null when the hub does not answer
   * @param {number | null} onScreen the age of the picture on the screen, ms
   */
  add(status, onScreen) {
    const now = performance.now();
    this.#rate.add(now, status && status.fps);
    this.#bits.add(now, status && status.bitrate);
    this.#age.add(now, onScreen);
  }
}
