// @ts-check
// A figure over the last minutes, as a small drawing with words.

import { element, setText } from './dom.js';
import { say } from './texts.js';

export const span = 120e3; // ms that are shown
const gap = 5e3; // ms without a value break the line
const [width, height] = [240, 40]; // of the drawing, in its own units
const svg = 'http://www.w3.org/2000/svg';

/** @typedef {{at: number, value: number | null}} Sample at in ms, by any clock that only goes on */

/**
 * The samples that are young enough to be shown.
 * @param {Sample[]} samples in order of time
 * @param {number} now
 */
export function recent(samples, now) {
  return samples.filter(({ at }) => now - at <= span);
}

/**
 * The line of samples, as the d of an SVG path: now is at the right, the top is
 * the largest value. It is broken where there was no value.
 * @param {Sample[]} samples in order of time
 * @param {number} now
 * @param {number} top the value at the upper edge, over 0
 */
export function line(samples, now, top) {
  let d = '';
  let last = -Infinity;
  for (const { at, value } of samples) {
    if (value === null) {
      last = -Infinity;
      continue;
    }
    const x = width * (1 - (now - at) / span);
    const y = height * (1 - Math.min(1, Math.max(0, value / top)));
    d += `${at - last > gap ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    if (at - last > gap) d += `h0`; // so that a single value is a dot
    last = at;
  }
  return d;
}

/**
 * The next of 1, 2, 5, 10, 20, 50, … that is no less than a value.
 * @param {number} value
 */
export function ceiling(value) {
  if (!(value > 0)) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((n) => n * unit).find((n) => n >= value * 0.9999) ?? 10 * unit;
}

export class Plot {
  #name;
  #text;
  #path = document.createElementNS(svg, 'path');
  #drawing = document.createElementNS(svg, 'svg');
  #now = element('strong');
  #top = element('span', { class: 'top', 'aria-hidden': 'true' });
  /** @type {Sample[]} */
  #samples = [];

  /**
   * @param {string} name
   * @param {(value: number) => string} text of a value, with its unit
   */
  constructor(name, text) {
    this.#name = name;
    this.#text = text;
    this.#drawing.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.#drawing.setAttribute('preserveAspectRatio', 'none');
    this.#drawing.setAttribute('role', 'img');
    this.#path.setAttribute('vector-effect', 'non-scaling-stroke');
    this.#drawing.append(this.#path);
    this.el = element('div', { class: 'plot' }, element('p', {}, element('span', {}, name), ' ', this.#now),
      element('div', { class: 'drawing' }, this.#drawing, this.#top));
    this.clear(0);
  }

  /**
   * Forgets everything.
   * @param {number} now ms
   */
  clear(now) {
    this.#samples = [];
    this.#show(now);
  }

  /**
   * Takes the value of now; null when there is none.
   * @param {number} now ms
   * @param {number | null} value
   */
  add(now, value) {
    this.#samples = [...recent(this.#samples, now), { at: now, value }];
    this.#show(now);
  }

  /** @param {number} now */
  #show(now) {
    const values = this.#samples.flatMap(({ value }) => (value === null ? [] : [value]));
    const last = this.#samples.at(-1)?.value ?? null;
    const most = values.reduce((a, b) => Math.max(a, b), 0);
    const least = values.reduce((a, b) => Math.min(a, b), Infinity);
    const top = ceiling(most);
    this.#path.setAttribute('d', line(this.#samples, now, top));
    setText(this.#now, last === null ? '–' : this.#text(last));
    setText(this.#top, values.length > 0 ? this.#text(top) : '');
    this.#drawing.setAttribute('aria-label', values.length > 0
      ? say.plot(this.#name, last === null ? '–' : this.#text(last), this.#text(least), this.#text(most)) : say.noPlot(this.#name));
  }
}
