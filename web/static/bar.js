// @ts-check
// The choices above the wall: layout, group, filter and page.

import { element, find, setText } from './dom.js';
import { columnsOf, layouts } from './layout.js';
import { layoutNames, say, words } from './texts.js';

/** @typedef {import('./view.js').View} View */
/** @typedef {{name: string, count: number}} Group */

export class Bar {
  #layout = find('#layout', HTMLSelectElement);
  #group = find('#group', HTMLSelectElement);
  #filter = find('#filter', HTMLInputElement);
  #pager = find('#pager', HTMLElement);
  #groups = ''; // that the select holds, to notice changes
  /** @type {(string | null)[]} the group of each option */
  #values = [];

  /**
   * @param {object} on
   * @param {(change: Partial<View>, entry?: 'new' | 'same') => void} on.choose
   * @param {(by: number) => void} on.turn goes so many pages on
   * @param {() => void} on.leave the person is done with finding
   */
  constructor({ choose, turn, leave }) {
    this.#layout.append(...layouts.map((value) => element('option', { value }, layoutNames[value] ?? say.columns(columnsOf(value)))));
    this.#layout.addEventListener('change', () => choose({ layout: this.#layout.value, page: 0 }));
    this.#group.addEventListener('change', () => choose({ group: this.#values[this.#group.selectedIndex] ?? null, page: 0 }));
    this.#filter.addEventListener('input', () => choose({ filter: this.#filter.value, page: 0 }, 'same'));
    this.#filter.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' && event.key !== 'Enter') return;
      event.preventDefault();
      if (event.key === 'Escape' && this.#filter.value !== '') {
        this.#filter.value = '';
        choose({ filter: '', page: 0 }, 'same');
      } else leave();
    });
    find('#previous', HTMLElement).addEventListener('click', () => turn(-1));
    find('#next', HTMLElement).addEventListener('click', () => turn(1));
  }

  /** Puts the cursor into the field for finding. */
  find() {
    this.#filter.focus();
    this.#filter.select();
  }

  /**
   * Shows what is chosen.
   * @param {View} view
   * @param {Group[]} groups that exist
   * @param {number} total cameras
   * @param {number} pages
   */
  update(view, groups, total, pages) {
    this.#layout.value = view.layout;
    this.#showGroups(view.group, groups, total);
    if (this.#filter.value !== view.filter) this.#filter.value = view.filter;
    this.#pager.hidden = pages < 2;
    const count = find('#page', HTMLElement);
    setText(count, say.page(view.page + 1, pages));
    count.setAttribute('aria-label', say.pageOf(view.page + 1, pages));
  }

  /**
   * @param {string | null} group
   * @param {Group[]} groups
   * @param {number} total
   */
  #showGroups(group, groups, total) {
    /** @type {[string | null, string][]} */
    const options = [[null, say.inGroup(words.allGroups, total)],
      ...groups.map(({ name, count }) => /** @type {[string, string]} */ ([name, say.inGroup(name || words.noGroup, count)]))];
    if (group !== null && !groups.some((g) => g.name === group)) options.push([group, say.inGroup(group || words.noGroup, 0)]);
    this.#group.hidden = options.length < 2;
    const held = JSON.stringify(options);
    if (held !== this.#groups) {
      this.#groups = held;
      this.#values = options.map(([value]) => value);
      this.#group.replaceChildren(...options.map(([, text]) => element('option', { dir: 'auto' }, text)));
    }
    this.#group.selectedIndex = this.#values.indexOf(group);
  }
}
