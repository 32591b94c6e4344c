// @ts-check
// The keys of a page, and the dialog that tells of them.

import { element, icon } from './dom.js';
import { words } from './texts.js';

/**
 * @typedef {object} Key
 * @property {string[]} press names as in KeyboardEvent.key; letters count in both cases
 * @property {boolean} [shift] with shift, or without; a sign has it or not, as the keyboard wants
 * @property {() => void} act
 */

/** @typedef {{shown: string[], text: string}} Line of the dialog */

const stored = 'camhub.letters';

export class Keys {
  #keys;
  #letters = remembered();
  /** @type {Element | null} the button that was pressed last, if with a pointer: Space is not meant for it */
  #pointed = null;
  #dialog;

  /**
   * Listens on the whole page, for as long as it lives. Keys do nothing while a
   * dialog is open, in fields, and with Ctrl, Alt or Meta. Buttons and links that
   * got the focus by keyboard keep Space and Enter.
   * @param {Key[]} keys
   * @param {Line[]} lines
   */
  constructor(keys, lines) {
    this.#keys = [...keys, { press: ['?'], act: () => this.open() }];
    const letters = element('input', { type: 'checkbox', id: 'keys-letters' });
    letters.checked = this.#letters;
    letters.addEventListener('change', () => {
      this.#letters = letters.checked;
      remember(this.#letters);
    });
    this.#dialog = dialogOf([...lines, { shown: ['?'], text: words.keys }], letters);
    document.addEventListener('keydown', (event) => this.#pressed(event));
    document.addEventListener('pointerdown', ({ target }) => {
      this.#pointed = target instanceof Element ? target.closest('button') : null;
    });
  }

  /** Opens the dialog. */
  open() {
    this.#dialog.showModal();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || document.querySelector('dialog[open]')) return;
    const at = event.target instanceof Element ? event.target : null;
    if (at?.matches('input, select, textarea')) return;
    if (event.key === 'Tab') this.#pointed = null;
    if (at?.matches('button, a, summary') && [' ', 'Enter'].includes(event.key) && at !== this.#pointed) return;
    const sign = event.key.length === 1 && event.key !== ' ';
    if (sign && !this.#letters) return;
    const pressed = event.key.toLowerCase();
    const key = this.#keys.find((k) => k.press.some((name) => name.toLowerCase() === pressed) && (sign || (k.shift ?? false) === event.shiftKey));
    if (!key) return;
    event.preventDefault();
    key.act();
  }
}

/**
 * @param {Line[]} lines
 * @param {HTMLInputElement} letters
 */
function dialogOf(lines, letters) {
  const close = element('button', { type: 'button', class: 'quiet', 'aria-label': words.close, title: words.close }, icon('close'));
  const dialog = element('dialog', { id: 'keys-dialog', class: 'dialog small', 'aria-labelledby': 'keys-title' },
    element('form', { method: 'dialog' },
      element('header', {}, element('h2', { id: 'keys-title' }, words.keys), close),
      element('dl', { class: 'keys' }, ...lines.map(({ shown, text }) => element('div', {},
        element('dt', {}, ...shown.map((key) => element('kbd', {}, key))), element('dd', {}, text)))),
      element('p', { class: 'hint' }, words.keyMouse),
      element('label', { class: 'check' }, letters, element('span', {}, words.keyLetters))));
  close.addEventListener('click', () => dialog.close());
  document.body.append(dialog);
  return dialog;
}

function remembered() {
  try {
    return localStorage.getItem(stored) !== 'off';
  } catch {
    return true; // storage is forbidden
  }
}

/** @param {boolean} on */
function remember(on) {
  try {
    if (on) localStorage.removeItem(stored);
    else localStorage.setItem(stored, 'off');
  } catch {
    // it lasts as long as the page
  }
}
