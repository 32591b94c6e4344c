// @ts-check
// Decides which tiles get one of the few feeds and which get still pictures.

import { Slots } from './slots.js';
import { Snapshots } from './snapshots.js';

/**
 * @typedef {object} Viewer A tile, as far as its pictures go.
 * @property {string} id
 * @property {boolean} visible on the screen
 * @property {boolean} painted whether there is a picture to see
 * @property {import('./api.js').Camera} camera
 * @property {import('./feed.js').Feed} feed
 * @property {(picture: ImageBitmap) => void} paint
 */

/** What a camera in a state gains from a feed, most first; others gain nothing. */
const ranks = ['live', 'stale', 'idle', 'connecting'];

/** @param {Viewer} v */
function rank(v) {
  const at = ranks.indexOf(v.camera.status.state);
  // A camera on demand goes on trying only while somebody watches.
  if (at < 0 && v.camera.status.state === 'offline' && v.camera.mode === 'on_demand') return ranks.length;
  return at;
}

export class Pictures {
  #viewers = () => /** @type {Viewer[]} */ ([]);
  #count = 0;
  #snapshots = new Snapshots();
  #slots = new Slots((count) => {
    this.#count = count;
    this.#assign();
  });

  /** @param {() => Viewer[]} viewers all tiles in wall order */
  constructor(viewers) {
    this.#viewers = viewers;
    document.addEventListener('visibilitychange', () => this.arrange());
  }

  /** Decides anew; to be called whenever a tile came, went, scrolled or changed its state. */
  arrange() {
    this.#slots.want(this.#takers().length);
    this.#assign();
  }

  #watchers() {
    return document.hidden ? [] : this.#viewers().filter((v) => v.visible);
  }

  /** The tiles that gain from a feed, the most worthy first. */
  #takers() {
    const worth = this.#watchers().filter((v) => rank(v) >= 0);
    // Equals keep their feed: a change of hands costs a connection. Array.sort is stable.
    return worth.sort((a, b) => rank(a) - rank(b) || Number(b.feed.isOpen) - Number(a.feed.isOpen));
  }

  #assign() {
    const takers = this.#takers();
    const fed = new Set(takers.slice(0, this.#count));
    for (const v of this.#viewers()) if (!fed.has(v)) v.feed.close();
    for (const v of fed) v.feed.open();
    this.#snapshots.serve(this.#watchers().filter((v) => !fed.has(v) && wantsStill(v))
      .map((v) => ({ id: v.id, old: isOut(v), paint: (picture) => v.paint(picture) })));
  }
}

/**
 * Whether the camera has no new pictures, and may have an old one.
 * @param {Viewer} v
 */
function isOut(v) {
  return ['stale', 'offline'].includes(v.camera.status.state);
}

/** @param {Viewer} v */
function wantsStill(v) {
  return isOut(v) ? !v.painted : ['live', 'idle'].includes(v.camera.status.state);
}
