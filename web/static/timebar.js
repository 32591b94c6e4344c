// @ts-check
// The band of a timeline in a person's hands: drag to scrub, wheel or pinch to
// zoom, and a slider for the keyboard.

import { moved, timeAt, zoomed } from './axis.js';
import { element } from './dom.js';
import { Ribbon } from './ribbon.js';
import { words } from './texts.js';

/** @typedef {import('./axis.js').Axis} Axis */

/**
 * @typedef {object} Acts
 * @property {(ms: number) => void} seek
 * @property {(on: boolean) => void} scrub a drag begins, or ends
 * @property {() => void} live a drag ended beyond now
 * @property {(axis: Axis) => void} change another part of time is shown
 * @property {(event: KeyboardEvent) => boolean} key of the slider; reports whether it meant something
 * @property {() => number} now the hub's time
 * @property {() => Axis} bounds how far one may move
 * @property {(ms: number) => string} tell what is at an instant
 */

const perPixel = 1.0022; // zoom of one pixel of a wheel

export class Timebar {
  /** @type {Axis} */
  axis;

  el = element('div', { class: 'ribbon', role: 'slider', tabindex: '0', 'aria-label': words.instant });
  ribbon = new Ribbon(this.el);
  /** Holds the slider, and the sliders of a range beside it: none may lie within another. */
  frame = element('div', { class: 'band' }, this.el);
  #bubble = element('output', { class: 'bubble', hidden: true, 'aria-hidden': 'true' });
  #acts;
  /** @type {Map<number, number>} where pointers are, in px from the left */
  #pointers = new Map();
  #scrubbing = false;
  #last = 0; // where the drag is, ms
  #moved = false;

  /**
   * @param {Axis} axis
   * @param {Acts} acts
   */
  constructor(axis, acts) {
    this.axis = axis;
    this.#acts = acts;
    this.el.append(this.#bubble);
    this.el.addEventListener('pointerdown', (event) => this.#down(event));
    this.el.addEventListener('pointermove', (event) => this.#move(event));
    for (const type of ['pointerup', 'pointercancel']) this.el.addEventListener(type, (event) => this.#up(/** @type {PointerEvent} */ (event)));
    this.el.addEventListener('pointerleave', () => this.#hint(null));
    this.el.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    this.el.addEventListener('keydown', (event) => {
      if (!event.altKey && !event.metaKey && !event.ctrlKey && acts.key(event)) event.preventDefault();
    });
  }

  /** @param {Axis} axis */
  show(axis) {
    this.axis = axis;
    this.#acts.change(axis);
  }

  /**
   * @param {number} factor
   * @param {number} around ms
   */
  zoom(factor, around) {
    this.show(moved(zoomed(this.axis, factor, around), 0, this.#acts.bounds()));
  }

  /** @param {number} by ms */
  shift(by) {
    this.show(moved(this.axis, by, this.#acts.bounds()));
  }

  #x(/** @type {MouseEvent} */ event) {
    return event.clientX - this.el.getBoundingClientRect().left;
  }

  #time(/** @type {number} */ x) {
    return timeAt(this.axis, this.ribbon.width, x);
  }

  #down(/** @type {PointerEvent} */ event) {
    if (event.button !== 0 || this.#pointers.size > 1) return;
    this.el.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, this.#x(event));
    if (this.#pointers.size === 2) return this.#end(false);
    this.#scrubbing = true;
    this.#moved = false;
    this.#acts.scrub(true);
    this.#to(this.#x(event));
  }

  #move(/** @type {PointerEvent} */ event) {
    const x = this.#x(event);
    const before = this.#pointers.get(event.pointerId);
    if (before === undefined) return this.#hint(x);
    if (this.#pointers.size === 2) this.#pinch(event.pointerId, x);
    this.#pointers.set(event.pointerId, x);
    this.#moved ||= Math.abs(x - before) > 0;
    if (this.#scrubbing) this.#to(x);
  }

  #up(/** @type {PointerEvent} */ event) {
    if (!this.#pointers.delete(event.pointerId)) return;
    if (event.pointerType !== 'mouse') this.#hint(null);
    if (this.#scrubbing) this.#end(event.type === 'pointerup');
  }

  /** @param {boolean} meant else the fingers are to do something else */
  #end(meant) {
    this.#scrubbing = false;
    this.#acts.scrub(false);
    if (meant && this.#last >= this.#acts.now()) this.#acts.live();
  }

  /** @param {number} x */
  #to(x) {
    const width = this.ribbon.width;
    const over = x < 0 ? x : Math.max(0, x - width);
    if (over !== 0) this.shift(over / width * (this.axis.to - this.axis.from) / 10); // beyond an end it goes on
    this.#last = this.#time(Math.min(width, Math.max(0, x)));
    this.#acts.seek(this.#last);
    this.#hint(x);
  }

  /**
   * Two fingers keep the times that are under them.
   * @param {number} id of the one that moved
   * @param {number} x
   */
  #pinch(id, x) {
    const other = [...this.#pointers].find(([key]) => key !== id)?.[1] ?? 0;
    const before = this.#pointers.get(id) ?? x;
    const still = this.#time(other);
    const factor = Math.max(20, Math.abs(before - other)) / Math.max(20, Math.abs(x - other));
    this.zoom(factor, still);
  }

  #wheel(/** @type {WheelEvent} */ event) {
    event.preventDefault();
    const unit = event.deltaMode === 0 ? 1 : event.deltaMode === 1 ? 18 : 300;
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    if (Math.abs(dx) > Math.abs(dy)) this.shift(dx / this.ribbon.width * (this.axis.to - this.axis.from));
    else if (event.shiftKey) this.shift(dy / this.ribbon.width * (this.axis.to - this.axis.from));
    else this.zoom(perPixel ** (event.ctrlKey ? 6 * dy : dy), this.#time(this.#x(event)));
    this.#hint(this.#x(event));
  }

  /** @param {number | null} x where the pointer is */
  #hint(x) {
    this.#bubble.hidden = x === null;
    if (x === null) return;
    this.#bubble.textContent = this.#acts.tell(this.#time(x));
    const half = this.#bubble.offsetWidth / 2;
    const place = Math.min(this.ribbon.width - half, Math.max(half, x));
    this.#bubble.style.setProperty('left', `${place}px`);
  }
}
