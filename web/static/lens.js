// @ts-check
// How the picture lies on the stage: fitted to it, zoomed and moved.

import { Gestures } from './gestures.js';
import { bounded, fitted, largest, moved, wanted, whole, zoomed } from './zoom.js';

/** @typedef {import('./zoom.js').Size} Size */
/** @typedef {import('./zoom.js').Place} Place */

/** @type {Size} a shape for as long as there is no picture */
const unknown = Object.freeze({ width: 16, height: 9 });
const close = 2.5; // the scale of a double click
const keyStep = 1.5; // a key or button multiplies the scale by it
const keyMove = 0.12; // a key moves by this part of the stage

export class Lens {
  #stage;
  #on;
  /** @type {HTMLImageElement | null} */
  #picture = null;
  #size = unknown;
  #known = false; // size is that of the camera's pictures
  #turned = false; // the browser turns them
  #view = { ...whole };

  /**
   * @param {HTMLElement} stage
   * @param {{change: () => void, swipe: (by: 1 | -1) => void}} on
   *   change: of the size of the picture on the screen, or of the scale
   */
  constructor(stage, on) {
    this.#stage = stage;
    this.#on = on;
    new ResizeObserver(() => this.#apply()).observe(stage);
    new Gestures(stage, {
      zoom: (factor, at) => this.zoom(factor, at),
      move: (by) => this.move(by),
      twice: (at) => (this.scale > 1 ? this.reset() : this.zoom(close, at)),
      swipe: on.swipe,
      loose: () => this.scale > 1,
    });
  }

  get scale() {
    return this.#view.scale;
  }

  /**
   * Shows another picture element, whole.
   * @param {HTMLImageElement} picture
   */
  hold(picture) {
    this.#picture = picture;
    this.#size = unknown;
    this.#known = this.#turned = false;
    this.reset();
  }

  /**
   * Takes the size of the picture as the hub tells it, which is 0 as long as it
   * does not know, and as the browser shows it: that may be smaller, and turned.
   * @param {Size} stored
   * @param {Size} seen 0 when there is none yet
   */
  measure(stored, seen) {
    const known = stored.width > 0 && stored.height > 0;
    if (!known && seen.width === 0) return;
    const turned = known && seen.width > 0 && (seen.width > seen.height) !== (stored.width > stored.height) && stored.width !== stored.height;
    const size = turned ? { width: stored.height, height: stored.width } : known ? stored : seen;
    if (size.width === this.#size.width && size.height === this.#size.height && turned === this.#turned) return;
    this.#size = size;
    this.#known = known;
    this.#turned = turned;
    this.#apply();
  }

  /**
   * Multiplies the scale, around a place or the middle. Reports whether that
   * changed anything.
   * @param {number} factor
   * @param {Place} [at]
   */
  zoom(factor, at = { x: 0, y: 0 }) {
    const before = this.scale;
    this.#view = zoomed(this.#view, factor, at, this.#room());
    this.#apply();
    return this.scale !== before;
  }

  /** @param {1 | -1} by */
  stepZoom(by) {
    this.zoom(keyStep ** by);
  }

  /** @param {Place} by px */
  move(by) {
    this.#view = moved(this.#view, by, this.#room());
    this.#apply();
  }

  /**
   * Looks further to a side.
   * @param {Place} to -1, 0 or 1 each
   */
  look(to) {
    this.move({ x: -to.x * keyMove * this.#stage.clientWidth, y: -to.y * keyMove * this.#stage.clientHeight });
  }

  reset() {
    this.#view = { ...whole };
    this.#apply();
  }

  /** The width to ask of the hub, in pixels. */
  wanted() {
    return wanted(this.#view, this.#room().fit, devicePixelRatio, this.#known ? this.#size : null, this.#turned);
  }

  #room() {
    const stage = { width: this.#stage.clientWidth, height: this.#stage.clientHeight };
    const fit = fitted(this.#size, stage);
    return { stage, fit, most: largest(this.#size, fit) };
  }

  #apply() {
    const room = this.#room();
    this.#view = bounded(this.#view, room);
    const { scale, x, y } = this.#view;
    this.#stage.style.setProperty('--shape', String(this.#size.width / this.#size.height));
    this.#stage.classList.toggle('zoomed', scale > 1);
    if (this.#picture) {
      this.#picture.style.width = `${room.fit.width}px`;
      this.#picture.style.height = `${room.fit.height}px`;
      this.#picture.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%) scale(${scale})`;
    }
    this.#on.change();
  }
}
