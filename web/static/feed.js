// @ts-check
// One moving picture in an <img>, kept alive.
//
// A browser tells little about a multipart/x-mixed-replace picture: "load" once
// for the first part, "error" if none came, and nothing when the stream ends
// or breaks later. (Measured in Chromium: after a broken connection naturalWidth
// is 0; after a clean end the last picture stays.) So the owner calls check()
// with what the hub says, and the feed looks at its own pixels.

import { feedURL } from './api.js';

const firstPicture = 10000; // ms to wait for one
const frozen = 20000; // ms without a change before a live camera's feed is doubted
const leastPause = 1000; // before it is opened again; doubles
const longestPause = 30000;
const stable = 60000; // ms of pictures after which the pauses start anew
const [wide, high] = [64, 36]; // of the copy that is compared
let opened = 0;

/** A 1x1 picture: an <img> without src would show its alternative text. */
const blank = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';

export class Feed {
  /** Whether a picture has come since the feed was opened. */
  showing = false;

  #id;
  #img;
  #on;
  #open = false;
  #openedAt = 0;
  #changedAt = 0;
  #print = -1;
  #unwatched = 0;
  #pause = leastPause;
  #timer = 0;
  #probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });

  /**
   * @param {HTMLImageElement} img
   * @param {string} id of the camera
   * @param {{picture: () => void, leaving: () => void}} on picture: showing has
   *   changed; leaving: the picture is about to go, and can still be copied
   */
  constructor(img, id, on) {
    this.#img = img;
    this.#id = id;
    this.#on = on;
    img.addEventListener('load', this.#load);
    img.addEventListener('error', this.#error);
  }

  /** Opens the connection, unless it is open already or about to be. */
  open() {
    if (this.#open) return;
    this.#open = true;
    this.#connect();
  }

  /** Closes the connection at once; the picture is gone too. */
  close() {
    if (!this.#open) return;
    this.#open = false;
    this.#blank();
  }

  /** Whether it was opened and not closed. */
  get isOpen() {
    return this.#open;
  }

  /**
   * Looks whether pictures still come; to be called about once a second.
   * @param {{state: string, viewers: number} | null} status the hub's last word, null if that is old
   */
  check(status) {
    if (!this.#open || this.#timer !== 0) return;
    const now = performance.now();
    if (!this.showing) {
      if (status?.state === 'live' && now - this.#openedAt > firstPicture) this.#again();
      return;
    }
    if (now - this.#openedAt > stable) this.#pause = leastPause;
    if (this.#img.naturalWidth === 0) return this.#again();
    if (status === null || status.state !== 'live') {
      this.#changedAt = now;
      this.#unwatched = 0;
      return;
    }
    // The hub counts viewers: with none, this connection is dead. Two words of
    // it, since the first may be older than the connection.
    this.#unwatched = status.viewers === 0 ? this.#unwatched + 1 : 0;
    if (this.#unwatched > 4 || this.#isFrozen(now)) this.#again();
  }

  /** Opens the connection anew, for example when the hub is back. */
  reopen() {
    if (!this.#open) return;
    this.#pause = leastPause;
    this.#blank();
    this.#connect();
  }

  #connect() {
    this.#timer = 0;
    this.#openedAt = this.#changedAt = performance.now();
    this.#unwatched = 0;
    this.showing = false;
    this.#img.src = feedURL(this.#id, Date.now() * 1000 + (opened++ % 1000));
  }

  #again() {
    this.#blank();
    if (!this.#open) return;
    this.#timer = setTimeout(() => this.#connect(), this.#pause * (0.8 + 0.4 * Math.random()));
    this.#pause = Math.min(longestPause, this.#pause * 2);
  }

  #blank() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.showing) this.#on.leaving();
    this.#img.src = blank; // a new src is what ends the old connection
    if (this.showing) {
      this.showing = false;
      this.#on.picture();
    }
  }

  #load = () => {
    if (!this.#open || this.#img.src === blank) return;
    this.showing = true;
    this.#on.picture();
  };

  #error = () => {
    if (this.#open && this.#timer === 0) this.#again();
  };

  /**
   * Whether the picture has not changed for long, by a small copy of it. A
   * scene that is drawn may really stand still; opening it anew does no harm.
   * @param {number} now
   */
  #isFrozen(now) {
    const probe = this.#probe;
    if (probe === null) return false;
    probe.canvas.width = wide;
    probe.canvas.height = high;
    probe.drawImage(this.#img, 0, 0, wide, high);
    let print = 0;
    for (const v of probe.getImageData(0, 0, wide, high).data) print = (print * 31 + v) | 0;
    if (print !== this.#print) {
      this.#print = print;
      this.#changedAt = now;
    }
    return now - this.#changedAt > frozen;
  }
}
