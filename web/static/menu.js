// @ts-check
// The menu of a tile: one element for all tiles, as the ARIA menu pattern asks
// (arrow keys, Home, End, Escape; the focus goes back to the button).

import { element } from './dom.js';

/** @typedef {{text: string, act: () => void, off?: boolean, danger?: boolean}} Item */

export class Menu {
  #el = element('div', { class: 'menu', role: 'menu', popover: 'auto', id: 'tile-menu' });
  /** @type {HTMLElement | null} */
  #owner = null;

  constructor() {
    document.body.append(this.#el);
    this.#el.addEventListener('keydown', (event) => this.#key(event));
    this.#el.addEventListener('toggle', (event) => {
      if (/** @type {ToggleEvent} */ (event).newState !== 'closed') return;
      this.#owner?.setAttribute('aria-expanded', 'false');
      if (this.#el.contains(document.activeElement) || document.activeElement === document.body) this.#owner?.focus();
    });
    window.addEventListener('scroll', () => this.close(), { passive: true });
    window.addEventListener('resize', () => this.close());
  }

  /**
   * Opens the menu at a button.
   * @param {HTMLElement} owner
   * @param {string} label
   * @param {Item[]} items
   */
  open(owner, label, items) {
    this.#owner = owner;
    this.#el.setAttribute('aria-label', label);
    this.#el.replaceChildren(...items.map((item) => this.#item(item)));
    this.#el.showPopover();
    owner.setAttribute('aria-expanded', 'true');
    const [at, own] = [owner.getBoundingClientRect(), this.#el.getBoundingClientRect()];
    const left = Math.min(Math.max(8, at.right - own.width), innerWidth - own.width - 8);
    const below = at.bottom + 4;
    const top = below + own.height > innerHeight - 8 ? Math.max(8, at.top - own.height - 4) : below;
    this.#el.style.left = `${left}px`;
    this.#el.style.top = `${top}px`;
    this.#buttons()[0]?.focus();
  }

  close() {
    if (this.#el.matches(':popover-open')) this.#el.hidePopover();
  }

  /** @param {Item} item */
  #item({ text, act, off = false, danger = false }) {
    const button = element('button', { type: 'button', role: 'menuitem', tabindex: -1, class: danger ? 'danger' : undefined, disabled: off }, text);
    button.addEventListener('click', () => {
      this.close();
      this.#owner?.focus();
      act();
    });
    return button;
  }

  #buttons() {
    return /** @type {HTMLButtonElement[]} */ ([...this.#el.querySelectorAll('button:not(:disabled)')]);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const buttons = this.#buttons();
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    /** @type {Record<string, number>} */
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    if (event.key === 'Tab') this.close();
    if (!(event.key in to)) return;
    event.preventDefault();
    buttons.at(to[event.key] % buttons.length)?.focus();
  }
}
