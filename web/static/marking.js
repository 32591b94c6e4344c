// @ts-check
// A range on a timeline between two handles, and what can be done with it.

import { placeOf, timeAt } from './axis.js';
import { element } from './dom.js';
import { instant, length, range as rangeText } from './format.js';
import { least, stepOf } from './stretches.js';
import { say, words } from './texts.js';

/** @typedef {import('./axis.js').Axis} Axis */

export class Marking {
  /** @type {Axis | null} */
  range = null;

  #bar;
  #seek;
  #changed;
  #area = element('div', { class: 'chosen' });
  #handles = [words.rangeStart, words.rangeEnd].map((label, i) => element('div', { class: i === 0 ? 'handle first' : 'handle', role: 'slider', tabindex: '0', 'aria-label': label }));
  #text = element('p', { role: 'status' });
  el;

  /**
   * @param {import('./timebar.js').Timebar} bar
   * @param {(ms: number) => void} seek shows what is at a handle
   * @param {() => void} changed it begins, or ends
   * @param {{text: string, primary?: boolean, act: (range: Axis) => void}[]} acts
   */
  constructor(bar, seek, changed, acts) {
    this.#changed = changed;
    this.#bar = bar;
    this.#seek = seek;
    const cancel = element('button', { type: 'button' }, words.cancel);
    cancel.addEventListener('click', () => this.set(null));
    this.el = element('div', { class: 'choosing', hidden: true }, this.#text, ...acts.map(({ text, act, primary }) => {
      const button = element('button', { type: 'button', class: primary && 'primary' }, text);
      button.addEventListener('click', () => this.range && act(this.range));
      return button;
    }), cancel);
    this.#handles.forEach((handle, i) => this.#listen(handle, i));
  }

  /**
   * Begins with a range, or ends.
   * @param {() => Axis} first
   */
  toggle(first) {
    if (this.range) return this.set(null);
    this.set(first());
    this.#handles[0].focus();
  }

  /** @param {Axis | null} range */
  set(range) {
    const turned = (this.range === null) !== (range === null);
    this.range = range;
    this.el.hidden = range === null;
    if (range) this.#bar.frame.after(this.el);
    const parts = [this.#area, ...this.#handles];
    if (range && !this.#area.isConnected) this.#bar.frame.append(...parts);
    if (!range) for (const part of parts) part.remove();
    this.draw();
    if (turned) this.#changed();
  }

  /** Follows the axis. */
  draw() {
    const { range } = this;
    if (!range) return;
    const { axis, ribbon } = this.#bar;
    const [a, b] = [range.from, range.to].map((t) => Math.min(ribbon.width + 2, Math.max(-2, placeOf(axis, ribbon.width, t))));
    this.#area.style.setProperty('left', `${a}px`);
    this.#area.style.setProperty('width', `${b - a}px`);
    this.#handles.forEach((handle, i) => {
      const at = i === 0 ? range.from : range.to;
      handle.style.setProperty('left', `${i === 0 ? a : b}px`);
      handle.setAttribute('aria-valuenow', String(Math.round(at / 1000)));
      handle.setAttribute('aria-valuetext', instant(at));
    });
    const text = say.marked(rangeText(range.from, range.to), length(range.to - range.from));
    if (this.#text.textContent !== text) this.#text.textContent = text;
  }

  /**
   * @param {HTMLElement} handle
   * @param {number} i 0 is the beginning
   */
  #listen(handle, i) {
    let off = 0; // px from the edge to where it was taken
    const edge = () => this.#bar.el.getBoundingClientRect().left + placeOf(this.#bar.axis, this.#bar.ribbon.width, this.range?.[i === 0 ? 'from' : 'to'] ?? 0);
    handle.addEventListener('pointerdown', (event) => {
      event.stopPropagation();
      handle.setPointerCapture(event.pointerId);
      off = event.clientX - edge();
    });
    handle.addEventListener('pointermove', (event) => {
      event.stopPropagation();
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const { left } = this.#bar.el.getBoundingClientRect();
      this.#move(i, timeAt(this.#bar.axis, this.#bar.ribbon.width, event.clientX - off - left));
    });
    handle.addEventListener('keydown', (event) => {
      const step = this.range && stepOf(event, this.range, this.#bar.axis);
      if (!this.range || !step || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      this.#move(i, (i === 0 ? this.range.from : this.range.to) + step);
    });
  }

  /**
   * @param {number} i
   * @param {number} ms
   */
  #move(i, ms) {
    if (!this.range) return;
    const { from, to } = this.range;
    this.set(i === 0 ? { from: Math.min(ms, to - least), to } : { from, to: Math.max(ms, from + least) });
    this.#seek(i === 0 ? this.range.from : this.range.to);
  }
}
