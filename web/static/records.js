// @ts-check
// What the hub has recorded in the part of time that is looked at, and what
// happened then: asked for anew when that part changes, and now and then.

import { ApiError, call } from './api.js';
import { readRecordings } from './stretches.js';

/** @typedef {import('./axis.js').Axis} Axis */

const pause = 300; // ms, an axis changes in crowds
const every = 4000; // ms between looks at what goes on
const others = ['added', 'changed', 'removed', 'restored', 'exported', 'export_failed']; // events that pictures don't show

/** Tells "change" when there is something else. */
export class Records extends EventTarget {
  /** @type {import('./stretches.js').Recorded[]} */
  recorded = [];
  /** @type {{at: number, type: string, camera: string, message: string}[]} */
  events = [];

  /** @type {string[]} */
  #cameras = [];
  /** @type {Axis} */
  #axis = { from: 0, to: 1 };
  #timer = 0;
  /** @type {AbortController | null} */
  #asking = null;

  constructor() {
    super();
    document.addEventListener('visibilitychange', () => this.#soon(0));
  }

  /**
   * @param {string[]} cameras ids
   * @param {Axis} axis
   */
  look(cameras, axis) {
    const same = cameras.join() === this.#cameras.join();
    if (same && axis.from === this.#axis.from && axis.to === this.#axis.to) return;
    this.#cameras = cameras;
    this.#axis = axis;
    this.#soon(same ? pause : 0);
  }

  /** Asks now: something was deleted or kept. */
  refresh() {
    this.#soon(0);
  }

  /** @param {number} wait ms */
  #soon(wait) {
    clearTimeout(this.#timer);
    if (!document.hidden) this.#timer = setTimeout(() => this.#ask(), wait);
  }

  async #ask() {
    this.#asking?.abort();
    const asking = this.#asking = new AbortController();
    if (this.#cameras.length > 0) {
      try {
        await this.#fetch(asking.signal);
      } catch (err) {
        if (!(err instanceof ApiError) && !asking.signal.aborted) throw err; // else it is asked again
      }
    }
    if (asking === this.#asking) this.#soon(every);
  }

  /** @param {AbortSignal} signal */
  async #fetch(signal) {
    const span = this.#axis.to - this.#axis.from;
    const [from, to] = [this.#axis.from - span / 2, this.#axis.to + span / 2].map((t) => new Date(t).toISOString());
    const cameras = this.#cameras.map((id) => /** @type {[string, string]} */ (['camera', id]));
    const query = new URLSearchParams([...cameras, ['from', from], ['to', to], ['min_gap', `${Math.max(1000, Math.floor(span / 4000))}ms`]]);
    const events = new URLSearchParams({ since: from, until: to, limit: '1000' });
    const [recordings, happened] = await Promise.all([
      call('GET', `/api/v1/recordings?${query}`, { signal }), call('GET', `/api/v1/events?${events}`, { signal }),
    ]);
    this.recorded = readRecordings(recordings.data);
    const ids = new Set(this.#cameras);
    this.events = happened.data.events.filter((/** @type {any} */ e) => ids.has(e.camera) && !others.includes(e.type))
      .map((/** @type {any} */ e) => ({ at: Date.parse(e.time), type: e.type, camera: e.camera, message: e.reason?.message ?? '' }));
    this.dispatchEvent(new Event('change'));
  }
}

/**
 * When the oldest recording of cameras begins, ms; null when nothing is recorded.
 * @param {string[]} cameras
 * @returns {Promise<number | null>}
 */
export async function oldestRecording(cameras) {
  const now = new Date().toISOString().slice(0, 10);
  const query = new URLSearchParams([...named(cameras), ['from', now], ['to', now], ['zone', 'UTC']]);
  try {
    const { data } = await call('GET', `/api/v1/recordings/days?${query}`);
    return typeof data?.oldest === 'string' ? Date.parse(data.oldest) : null;
  } catch (err) {
    if (err instanceof ApiError) return null;
    throw err;
  }
}

const most = 1000; // cameras that may be named

/**
 * The parameters that name cameras; none when there are too many: then all are meant.
 * @param {string[]} cameras
 * @returns {[string, string][]}
 */
const named = (cameras) => (cameras.length > most ? [] : cameras.map((id) => ['camera', id]));

/**
 * The days from one to another (2026-01-02) on which cameras were recorded.
 * @param {string[]} cameras
 * @param {string} from
 * @param {string} to
 * @returns {Promise<Set<string>>}
 */
export async function daysWithRecordings(cameras, from, to) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const query = new URLSearchParams([...named(cameras), ['from', from], ['to', to], ['zone', zone]]);
  const { data } = await call('GET', `/api/v1/recordings/days?${query}`);
  return new Set(data.days.map((/** @type {any} */ d) => d.day));
}

/**
 * Keeps a range of cameras from being deleted.
 * @param {string[]} cameras
 * @param {import('./axis.js').Axis} range
 */
export function pin(cameras, { from, to }) {
  return call('POST', '/api/v1/pins', { body: { cameras, from: new Date(from).toISOString(), to: new Date(to).toISOString() } });
}
