// @ts-check
// What a page shows at the moment, in words: of now, held, or recorded. Pure.

import { moment } from './format.js';
import { say, states, words } from './texts.js';

/**
 * @typedef {object} Looks
 * @property {string} state of the camera
 * @property {number | null} held when the live picture that is held came, ms; null when none is
 * @property {{at: number, playing: boolean, blank: boolean} | null} replay of recordings; blank: there are none at that time
 * @property {number} now the hub's time, ms
 */

/** @typedef {{kind: string, text: string, icon: string}} Shown kind is a state of cameras, "held" or "recorded" */

/**
 * What a picture is of.
 * @param {Looks} looks
 * @returns {Shown}
 */
export function shownNow({ state, held, replay, now }) {
  if (replay) {
    const time = moment(replay.at, now);
    const text = replay.blank ? say.unrecordedAt(time) : replay.playing ? say.recordedAt(time) : say.recordedHeld(time);
    return { kind: 'recorded', text, icon: 'range' };
  }
  if (held !== null) return { kind: 'held', text: say.pausedAt(moment(held, now)), icon: 'pause' };
  return { kind: state, text: states[state] ?? state, icon: state };
}

/**
 * The title of a camera's page.
 * @param {string} name
 * @param {Shown} shown
 */
export function titleOf(name, { kind, text }) {
  return `${kind === 'held' || kind === 'recorded' ? say.titled(name, text) : name} – ${words.product}`;
}
