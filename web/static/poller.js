// @ts-check
// What the hub knows of all cameras, asked again and again while the page is
// visible. Pictures, and states as soon as they change, come over the socket;
// which cameras there are, and the hub's clock, come from here.

import { cameras as api, ApiError } from './api.js';

/** @typedef {import('./api.js').Camera} Camera */

const pause = 1500; // ms between an answer and the next question
const longestPause = 3000; // when the hub does not answer

/**
 * Polls the list of cameras. It tells:
 * - "cameras": the list came; read .cameras
 * - "unreachable": a poll failed; read .failure
 * - "recovered": the first good answer after that
 */
export class Poller extends EventTarget {
  /** @type {Camera[] | null} null until the first answer */
  cameras = null;
  /** @type {{since: number, error: ApiError} | null} since is performance.now() */
  failure = null;
  /** When the last list came, by performance.now(). */
  answeredAt = 0;

  #skew = 0; // the hub's clock minus ours, ms
  #failures = 0;
  /** @type {Map<string, number>} when take got a status, by performance.now() */
  #taken = new Map();
  #timer = 0;
  #running = false;
  /** @type {AbortController | null} */
  #asking = null;

  /** Starts to poll. It rests by itself while the page is hidden. */
  start() {
    this.#running = true;
    document.addEventListener('visibilitychange', this.#visible);
    window.addEventListener('online', this.#visible);
    this.refresh();
  }

  /** Ends polling for good; what is under way is given up. */
  stop() {
    this.#running = false;
    document.removeEventListener('visibilitychange', this.#visible);
    window.removeEventListener('online', this.#visible);
    this.#rest();
  }

  /** Asks now, for example after a change; an older question is given up. */
  refresh() {
    this.#rest();
    if (this.#running && !document.hidden) this.#ask();
  }

  /** The hub's time now in ms: ours may be off by years. */
  now() {
    return Date.now() + this.#skew;
  }

  #visible = () => (document.hidden ? this.#rest() : this.refresh());

  #rest() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
  }

  async #ask() {
    const asking = new AbortController();
    this.#asking = asking;
    const askedAt = performance.now();
    try {
      const { data, date } = await api.list(asking.signal);
      if (asking.signal.aborted) return;
      if (!Array.isArray(data?.cameras)) throw new ApiError('', 200);
      this.#answer(data.cameras, date, askedAt);
    } catch (err) {
      if (asking.signal.aborted) return;
      this.#fail(err instanceof ApiError ? err : new ApiError(String(err), 0));
    }
    const wait = Math.min(longestPause, pause * 2 ** Math.max(0, this.#failures - 1)); // 1.5, 1.5, 3, 3 s
    this.#timer = setTimeout(() => this.refresh(), wait);
  }

  /**
   * Takes a status that came by another way. Reports whether there is its camera.
   * @param {string} id
   * @param {import('./api.js').Status} status
   */
  take(id, status) {
    const at = this.cameras?.findIndex((c) => c.id === id) ?? -1;
    if (this.cameras === null || at < 0) return false;
    this.cameras[at] = { ...this.cameras[at], status };
    this.#taken.set(id, performance.now());
    return true;
  }

  /**
   * @param {Camera[]} list
   * @param {number} date the hub's clock, in whole seconds
   * @param {number} askedAt by performance.now()
   */
  #answer(list, date, askedAt) {
    const took = performance.now() - askedAt;
    const known = new Map(this.cameras?.map((c) => [c.id, c.status]));
    for (const camera of list) { // what came since the question is newer than the answer
      if ((this.#taken.get(camera.id) ?? 0) > askedAt) camera.status = known.get(camera.id) ?? camera.status;
    }
    this.#taken.clear();
    const seen = list.find(({ status: s }) => s.last_frame_at !== null && s.frame_age_ms !== null)?.status;
    const now = seen ? Date.parse(seen.last_frame_at ?? '') + (seen.frame_age_ms ?? 0) + took / 2 : date;
    const skew = now - Date.now();
    this.#skew = seen || Math.abs(skew) > 2000 ? skew : 0; // NaN is 0
    this.cameras = list;
    this.answeredAt = performance.now();
    const recovered = this.failure !== null;
    this.failure = null;
    this.#failures = 0;
    if (recovered) this.dispatchEvent(new Event('recovered'));
    this.dispatchEvent(new Event('cameras'));
  }

  /** @param {ApiError} error */
  #fail(error) {
    this.#failures++;
    this.failure = { since: this.failure?.since ?? performance.now(), error };
    this.dispatchEvent(new Event('unreachable'));
  }
}
