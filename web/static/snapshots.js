// @ts-check
// Still pictures for the tiles that have no feed: one request at a time, each
// tile in its turn.

import { snapshotPath } from './api.js';
import { inTurn } from './slots.js';

const interval = 1000; // ms, a tile is asked for no more often
const deadline = 7000; // ms; the hub waits up to 5 s for a camera that sleeps
const anyAge = '8760h'; // a year
const longestPause = 30000; // ms, after a tile's picture could not be had

/**
 * @typedef {object} Taker A tile that wants still pictures.
 * @property {string} id of its camera
 * @property {boolean} old whether the last picture of a camera that gives none will do
 * @property {(picture: ImageBitmap) => void} paint draws it now; the bitmap is closed afterwards
 */

export class Snapshots {
  /** @type {Map<string, {taker: Taker, next: number, pause: number}>} */
  #turns = new Map();
  #timer = 0;
  /** @type {AbortController | null} */
  #asking = null;

  /**
   * Sets who wants pictures now. Those that stay keep their turn.
   * @param {Taker[]} takers
   */
  serve(takers) {
    const before = this.#turns;
    this.#turns = new Map(takers.map((taker) => [taker.id, { next: 0, pause: interval, ...before.get(taker.id), taker }]));
    if (this.#turns.size === 0) {
      clearTimeout(this.#timer);
      this.#asking?.abort();
    } else if (this.#asking === null) this.#schedule();
  }

  #schedule() {
    clearTimeout(this.#timer);
    const next = [...this.#turns.values()].reduce((a, turn) => Math.min(a, turn.next), Infinity);
    if (next < Infinity) this.#timer = setTimeout(() => this.#ask(), Math.max(0, next - performance.now()));
  }

  async #ask() {
    const { taker, pause } = [...this.#turns.values()].reduce((a, b) => (b.next < a.next ? b : a));
    const asking = new AbortController();
    this.#asking = asking;
    let rest = interval;
    try {
      await inTurn(() => this.#fetch(taker, asking));
    } catch {
      rest = Math.min(longestPause, pause * 2); // why is told by the camera's status
    }
    const turn = this.#turns.get(taker.id);
    if (turn) [turn.pause, turn.next] = [rest, performance.now() + rest];
    this.#asking = null;
    this.#schedule();
  }

  /**
   * @param {Taker} taker
   * @param {AbortController} asking
   */
  async #fetch(taker, asking) {
    if (asking.signal.aborted) return;
    const timer = setTimeout(() => asking.abort(), deadline);
    try {
      const answer = await fetch(`${snapshotPath(taker.id)}?${taker.old ? `max_age=${anyAge}&` : ''}t=${Date.now()}`, { signal: asking.signal, cache: 'no-store', priority: 'low' });
      const blob = await answer.blob();
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const picture = await createImageBitmap(blob);
      if (this.#turns.has(taker.id)) taker.paint(picture);
      picture.close();
    } finally {
      clearTimeout(timer);
    }
  }
}
