// @ts-check
// Draws the band of a timeline: what is recorded, what is missing, what happened,
// and where one is. It knows nothing of who uses it.

import { placeOf, ticksOf } from './axis.js';
import { tick } from './format.js';

/** @typedef {import('./axis.js').Axis} Axis */

const space = 'http://www.w3.org/2000/svg';
const nearest = 6; // px between two marks of events: closer ones are one

/**
 * @typedef {object} Scene What is drawn.
 * @property {Axis} axis
 * @property {import('./stretches.js').Stretch[]} stretches
 * @property {{from: number, to: number}[]} gaps
 * @property {{at: number, type: string}[]} events in any order
 * @property {number} cameras how many there are
 * @property {number} now the hub's time
 */

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {...Element} children
 */
function shape(name, attributes, ...children) {
  const el = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) el.setAttribute(key, String(value));
  el.append(...children);
  return el;
}

export class Ribbon {
  #svg;
  #layers;
  #head = shape('g', { class: 'head' }, shape('path', { d: 'M0 0V200' }), shape('path', { class: 'grip', d: 'M-6 0H6V7L0 13L-6 7Z' }));

  /** @param {HTMLElement} el that it fills */
  constructor(el) {
    this.#svg = shape('svg', { 'aria-hidden': 'true' },
      shape('defs', {}, shape('pattern', { id: 'missing', width: 7, height: 7, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
        shape('path', { d: 'M0 0V7' }))));
    this.#layers = shape('g', {});
    this.#svg.append(this.#layers, this.#head);
    el.append(this.#svg);
  }

  /** In px. */
  get width() {
    return this.#svg.clientWidth;
  }

  /** @param {Scene} scene */
  draw({ axis, stretches, gaps, events, cameras, now }) {
    const width = this.width;
    const x = (/** @type {number} */ ms) => Math.round(placeOf(axis, width, ms) * 10) / 10;
    const band = (/** @type {string} */ name, /** @type {{from: number, to: number}} */ { from, to }, attributes = {}) => {
      const left = Math.max(-9, x(from));
      return shape('rect', { class: name, x: left, y: 0, width: Math.max(1, Math.min(width + 9, x(to)) - left), height: '100%', ...attributes });
    };
    const seen = (/** @type {{from: number, to: number}} */ r) => r.to > axis.from && r.from < axis.to;
    const { step, times } = ticksOf(axis, width, labelWidth(this.#svg));
    this.#layers.replaceChildren(
      ...gaps.filter(seen).map((g) => band('gap', g, { fill: 'url(#missing)' })),
      ...stretches.filter(seen).map((s) => band(s.cameras < cameras ? 'some' : 'all', s)),
      ...(now < axis.to ? [band('future', { from: Math.max(now, axis.from), to: axis.to }), shape('path', { class: 'edge', d: `M${x(now)} 0V200` })] : []),
      ...times.map((t) => shape('path', { class: 'tick', d: `M${x(t)} 0V200` })),
      ...times.map((t) => text(tick(t, step), x(t) + 4)),
      ...this.#marks(events, x, width),
    );
  }

  /**
   * @param {{at: number, type: string}[]} events
   * @param {(ms: number) => number} x
   * @param {number} width
   */
  #marks(events, x, width) {
    /** @type {Map<string, number>} the last place by type */
    const taken = new Map();
    return [...events].sort((a, b) => a.at - b.at).flatMap(({ at, type }) => {
      const place = x(at);
      if (place < 0 || place > width || place - (taken.get(type) ?? -nearest) < nearest) return [];
      taken.set(type, place);
      return [shape('path', { class: `event ${type}`, d: marks[type] ?? marks.other, transform: `translate(${place} 0)` })];
    });
  }

  /**
   * Shows where one is.
   * @param {Axis} axis
   * @param {number} ms
   */
  point(axis, ms) {
    this.#head.setAttribute('transform', `translate(${placeOf(axis, this.width, ms).toFixed(1)} 0)`);
  }
}

const longest = tick(new Date(2026, 11, 22, 22, 22, 22).getTime(), 1000).length; // characters of a label

/**
 * The room that a label needs, px, in the size of letters that a person has chosen.
 * @param {SVGElement} svg
 */
function labelWidth(svg) {
  const rem = parseFloat(getComputedStyle(svg.ownerDocument.documentElement).fontSize);
  return Math.max(72, longest * 0.48 * rem + 12);
}

/** @type {Record<string, string>} shapes, so that they differ without their colours */
const marks = {
  offline: 'M-4 16H4L0 23Z', online: 'M-4 23H4L0 16Z', frozen: 'M-3 17H3V23H-3Z', other: 'M-4 20L0 16L4 20L0 24Z',
};

/**
 * @param {string} label
 * @param {number} x
 */
function text(label, x) {
  const el = shape('text', { x, y: '100%', dy: -5 });
  el.textContent = label;
  return el;
}
