// @ts-check
// What a probe says, step by step, and what it found in the end.

import { element, icon, setText } from './dom.js';
import { megabits, rate } from './format.js';
import { say, words } from './texts.js';

/** @typedef {import('./api.js').Probe} Probe */
/** @typedef {import('./api.js').ProbeStep} ProbeStep */

export class Report {
  #step = element('p', { class: 'step', role: 'status' });
  #outcome = element('div', { class: 'outcome', role: 'status' });

  /** @param {HTMLElement} place an empty element */
  constructor(place) {
    place.append(this.#step, this.#outcome);
  }

  /** Takes away what is shown. */
  clear() {
    this.#step.replaceChildren();
    this.#outcome.replaceChildren();
  }

  /**
   * Shows what is being done.
   * @param {ProbeStep} step
   */
  step({ text, url }) {
    const [, line, address] = this.#step.children;
    if (!address) {
      this.#step.replaceChildren(icon('connecting'), element('span', {}, text), element('code', {}, url ?? ''));
      return;
    }
    setText(line, text);
    if (url) setText(address, url);
  }

  /**
   * Shows what was found.
   * @param {Probe} p
   */
  show(p) {
    this.clear();
    const parts = [
      element('p', { class: p.works ? 'verdict works' : 'verdict' }, icon(p.works ? 'live' : 'offline'), element('span', { dir: 'auto' }, p.explanation)),
      p.preview && element('img', { class: 'preview', src: p.preview, alt: words.previewAlt }),
      factsOf(p) && element('p', { class: 'facts' }, factsOf(p)),
      listOf(words.advice, p.advice),
      listOf(words.quirks, p.quirks.map((q) => q.text || q.name)),
      p.tried.length > 0 && triedOf(p),
    ];
    this.#outcome.append(...parts.filter((part) => part instanceof Node));
  }
}

/** @param {Probe} p */
function factsOf(p) {
  const facts = [
    p.url,
    p.device,
    p.width && p.height && say.pixels(p.width, p.height),
    p.fps && say.fps(rate(p.fps)),
    p.bitrate && megabits(p.bitrate),
  ];
  return facts.filter(Boolean).join(' · ');
}

/**
 * @param {string} title
 * @param {string[]} texts
 */
function listOf(title, texts) {
  if (texts.length === 0) return null;
  return element('div', { class: 'list' }, element('h3', {}, title),
    element('ul', {}, ...texts.map((text) => element('li', { dir: 'auto' }, text))));
}

/** @param {Probe} p */
function triedOf({ tried }) {
  return element('details', {}, element('summary', {}, say.tried(tried.length)),
    element('ol', { class: 'tried' }, ...tried.map(({ url, answer }) => element('li', {}, element('code', {}, url), ' ', answer))));
}
