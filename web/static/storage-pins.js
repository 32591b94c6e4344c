// @ts-check
// The list of what is pinned.

import { note } from './announce.js';
import { ApiError } from './api.js';
import { ask } from './ask.js';
import { element, find } from './dom.js';
import { range } from './format.js';
import { pins } from './storage-api.js';
import { say, words } from './texts.js';

/** @typedef {import('./storage-api.js').Pin} Pin */

export class PinList {
  #list = find('#pins ul', HTMLElement);
  #none = find('#pins .hint', HTMLElement);
  #nameOf;
  #changed;

  /**
   * @param {(id: string) => string} nameOf
   * @param {() => void} changed
   */
  constructor(nameOf, changed) {
    this.#nameOf = nameOf;
    this.#changed = changed;
  }

  /** Shows what is pinned now; rejects as the hub does. */
  async load() {
    this.#show(await pins.list());
  }

  /** @param {Pin[]} all */
  #show(all) {
    const rows = all.map((pin) => ({ pin, what: pin.cameras.map(this.#nameOf).join(', '), when: range(Date.parse(pin.from), Date.parse(pin.to)) }));
    const shown = JSON.stringify(rows);
    if (this.#list.dataset.shown === shown) return; // so that the focus stays
    this.#list.dataset.shown = shown;
    this.#none.hidden = all.length > 0;
    this.#list.replaceChildren(...rows.map(({ pin, what, when }) => {
      const button = element('button', { type: 'button', class: 'small', 'aria-label': say.pinOf(`${what}, ${when}`) }, words.pinRemove);
      button.addEventListener('click', () => this.#remove(pin, `${what}, ${when}`));
      return element('li', { 'data-pin': pin.id }, element('div', {},
        element('strong', { dir: 'auto' }, what), ' ', element('span', {}, when),
        ...(pin.note ? [element('small', { dir: 'auto' }, pin.note)] : [])), button);
    }));
  }

  /**
   * @param {Pin} pin
   * @param {string} what
   */
  async #remove(pin, what) {
    const answer = await ask({
      title: words.pinRemoveTitle, text: say.pinRemoveText(what),
      choices: [{ value: '', text: words.pinKeep }, { value: 'remove', text: words.pinRemove, look: 'danger' }],
    });
    if (answer !== 'remove') return;
    try {
      await pins.remove(pin.id);
      note(say.pinRemoved);
    } catch (err) {
      if (!(err instanceof ApiError)) throw err;
      if (err.status !== 404) note(say.failed(err.message), 'failed'); // else somebody was quicker
    }
    await this.load().catch(() => {}); // the next look says it
    find('#pins h2', HTMLElement).focus(); // the button is gone
    this.#changed();
  }
}
