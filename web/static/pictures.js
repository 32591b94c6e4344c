// @ts-check
// Asks for the pictures of the tiles that can be seen, at the size at which they
// are seen, and hands them on.

import { Socket } from './socket.js';

/**
 * @typedef {object} Viewer A tile, as far as its pictures go.
 * @property {string} id of its camera
 * @property {number} number of the tile, for as long as the page lives
 * @property {boolean} visible on the screen
 * @property {HTMLElement} el
 * @property {number} shape width / height of its pictures
 * @property {(picture: import('./socket.js').Picture) => void} paint
 * @property {() => void} lost says that no pictures come any more
 * @property {(gap: import('./socket.js').Gap) => void} missing says that there is none of then
 */

/** @typedef {import('./api.js').Status} Status */

const pause = 100; // ms, changes of the layout come in crowds
const step = 16; // pixels: a wish changes no more often than that
const large = 640; // pixels from which motion is worth the whole rate
const [rateOfLarge, rateOfSmall] = [30, 15];

export class Pictures {
  #viewers;
  #timer = 0;
  #socket;
  #sizes = new ResizeObserver(() => this.arrange());

  /**
   * @param {() => Viewer[]} viewers all tiles
   * @param {{status: (camera: string, status: Status) => void, open: () => void, clock: (message: import('./playback.js').ClockMessage) => void}} on
   *   status: of a camera that is seen, on every change; open: the hub is there; clock: that of recordings was set
   */
  constructor(viewers, on) {
    this.#viewers = viewers;
    this.#socket = new Socket({
      picture: (picture) => {
        const viewer = viewers().find((v) => v.number === picture.tile);
        if (viewer) viewer.paint(picture);
        else picture.got();
      },
      status: on.status,
      error: () => {}, // of a camera that is gone, as the list will tell
      clock: on.clock,
      gap: (tile, gap) => viewers().find((v) => v.number === tile)?.missing(gap),
      open: (open) => (open ? on.open() : viewers().forEach((v) => v.lost())),
    });
    document.addEventListener('visibilitychange', () => this.#ask());
    window.addEventListener('online', () => this.#socket.renew(performance.now()));
    this.#socket.open();
  }

  /** Decides anew; to be called whenever a tile came, went or scrolled. */
  arrange() {
    if (this.#timer === 0) this.#timer = setTimeout(() => this.#ask(), pause);
  }

  /**
   * Follows the size of a tile, or no longer.
   * @param {Viewer} viewer
   * @param {boolean} on
   */
  watch(viewer, on) {
    if (on) this.#sizes.observe(viewer.el);
    else this.#sizes.unobserve(viewer.el);
    this.arrange();
  }

  /**
   * Asks for something of recordings.
   * @param {object} message
   */
  tell(message) {
    this.#socket.tell(message);
  }

  /**
   * Connects anew unless something came since a time by performance.now(): to be
   * called when the hub answers again.
   * @param {number} since
   */
  renew(since) {
    this.#socket.renew(since);
  }

  #ask() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const seen = document.hidden ? [] : this.#viewers().filter((v) => v.visible);
    this.#socket.want(seen.slice(0, 256).map((v) => {
      const shown = Math.min(v.el.clientWidth, v.el.clientHeight * v.shape) * window.devicePixelRatio;
      const width = Math.min(7680, Math.max(step, Math.ceil(shown / step) * step));
      return { tile: v.number, camera: v.id, width, fps: width >= large ? rateOfLarge : rateOfSmall };
    }));
  }
}
