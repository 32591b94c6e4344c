// @ts-check
// A text in a place that may be too small for it: as many whole words as there is
// room for, and all of it for those who do not read the screen.

import { element } from './dom.js';

const more = '…';

/**
 * The most words of a text that fit, with a mark that there are more. Pure, but for fits.
 * @param {string} text
 * @param {(text: string) => boolean} fits
 */
export function wordsThatFit(text, fits) {
  if (fits(text)) return text;
  const words = text.split(/\s+/);
  const cut = (/** @type {number} */ n) => (n === 0 ? '' : words.slice(0, n).join(' ').replace(/[\s,;:.–-]+$/u, '') + more);
  let [least, most] = [0, words.length - 1];
  while (least < most) {
    const n = Math.ceil((least + most) / 2);
    if (fits(cut(n))) least = n;
    else most = n - 1;
  }
  return cut(least);
}

export class FittedText {
  el;
  #text = '';

  /** @param {HTMLElement} el whose height is bounded by its place */
  constructor(el) {
    this.el = el;
  }

  get text() {
    return this.#text;
  }

  /** @param {string} text */
  set text(text) {
    if (text === this.#text) return;
    this.#text = text;
    this.fit();
  }

  /** Fits it anew: its place has another size. */
  fit() {
    const { el } = this;
    const text = this.#text;
    el.textContent = text;
    if (text === '' || el.clientHeight === 0 || el.scrollHeight <= el.clientHeight + 1) return;
    const line = parseFloat(getComputedStyle(el).lineHeight);
    const room = Math.floor((el.clientHeight + 1) / line) * line + 1;
    const shown = wordsThatFit(text, (part) => {
      el.textContent = part;
      return el.scrollHeight <= room;
    });
    el.replaceChildren(element('span', { 'aria-hidden': 'true' }, shown), element('span', { class: 'unseen' }, text));
  }
}

/** @type {WeakMap<Element, FittedText>} */
const fitted = new WeakMap();
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) fitted.get(target)?.fit();
});

/**
 * Fits a text again whenever a place around it has another size, as long as that is in the page.
 * @param {Element} place
 * @param {FittedText} text
 */
export function fitIn(place, text) {
  fitted.set(place, text);
  sizes.observe(place);
}
