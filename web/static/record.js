// @ts-check
// What the form of a camera says of its recordings: how long they will be kept,
// and a question before limits are saved that can't hold.

import { ApiError } from './api.js';
import { ask } from './ask.js';
import { bytesOf } from './bytes.js';
import { element } from './dom.js';
import { dayCount } from './format.js';
import { storage } from './storage-api.js';
import { say, words } from './texts.js';

/** @typedef {import('./kinds.js').Values} Values */
/** @typedef {import('./storage-api.js').Warning} Warning */

const rest = 350; // ms without a change before the hub is asked

export class RecordForecast {
  el = element('div', { class: 'forecast', role: 'status' });
  #timer = 0;
  /** @type {AbortController | null} */
  #asking = null;

  /**
   * Shows what the limits in the form would do.
   * @param {string} id of the camera, or "" when there is none yet
   * @param {Values} v
   */
  show(id, v) {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    if (id === '' || v['/record/mode'] === 'off') return this.el.replaceChildren();
    this.#timer = setTimeout(() => this.#ask(id, v), rest);
  }

  /**
   * Asks the hub what limits bring, and the person whether to save them if that
   * is something bad. Reports whether to save.
   * @param {string} id
   * @param {Values} v
   */
  async agreed(id, v) {
    const found = await answer(id, v);
    if (!found || found.warnings.length === 0) return true;
    return await confirm(words.recordWarnTitle, found.warnings) === 'save';
  }

  /**
   * @param {string} id
   * @param {Values} v
   */
  async #ask(id, v) {
    const asking = new AbortController();
    this.#asking = asking;
    const found = await answer(id, v, asking.signal);
    if (asking.signal.aborted) return;
    if (!found) return this.el.replaceChildren();
    const { days, warnings } = found;
    this.el.replaceChildren(
      element('p', { class: 'hint' }, days === undefined ? words.forecastNone : days === null ? words.forecastAll : say.cameraHolds(dayCount(days))),
      ...warnings.map((w) => element('p', { class: 'warning' }, w.message)),
    );
  }
}

/**
 * What the hub says of limits of a camera; null when it can't say.
 * @param {string} id
 * @param {Values} v
 * @param {AbortSignal} [signal]
 * @returns {Promise<{days: number | null | undefined, warnings: Warning[]} | null>} days is undefined without a rate
 */
async function answer(id, v, signal) {
  const bytes = bytesOf(v['/record/keep_bytes']);
  const trial = { camera: id, keep_days: v['/record/keep_days'].trim(), keep_bytes: bytes === null ? '' : String(bytes) };
  try {
    const { cameras, warnings } = await storage.get(trial, signal);
    const own = cameras.find((c) => c.camera === id);
    return { days: own?.bytes_per_day ? own.days : undefined, warnings: warnings.filter((w) => w.camera === id) };
  } catch (err) {
    if (err instanceof ApiError || signal?.aborted) return null; // what is wrong is said when it is saved
    throw err;
  }
}

/**
 * Shows warnings and asks whether to save all the same.
 * @param {string} title
 * @param {Warning[]} warnings
 */
export const confirm = (title, warnings) => ask({
  title,
  text: warnings.map((w) => w.message).join(' '),
  choices: [{ value: '', text: words.recordWarnBack }, { value: 'save', text: words.recordWarnSave, look: warnings.some((w) => w.code === 'deletes') ? 'danger' : 'primary' }],
});
