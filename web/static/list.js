// @ts-check
// Lists on the pages about users: one row each, with a button that takes it
// away, and secrets that are shown once.

import { announce, note } from './announce.js';
import { element, find } from './dom.js';
import { exact } from './format.js';
import { say, words } from './texts.js';

/**
 * @typedef {object} Row
 * @property {string} title
 * @property {string[]} details
 * @property {string} [action] what the button says; without it there is none
 * @property {string} [label] what it says to who can't see the row
 * @property {() => Promise<unknown>} [act] what it does
 * @property {HTMLElement[]} [more] other buttons
 */

/**
 * Shows rows in a list.
 * @param {HTMLElement} list
 * @param {Row[]} rows
 * @param {string} none what stands there when there are none
 */
export function showRows(list, rows, none) {
  list.replaceChildren(...(rows.length > 0 ? rows.map(row) : [element('li', { class: 'none' }, none)]));
}

/** @param {Row} r */
function row(r) {
  const text = element('div', { class: 'what' }, element('strong', { dir: 'auto' }, r.title),
    ...r.details.map((detail) => element('span', { class: 'hint', dir: 'auto' }, detail)));
  const buttons = [...(r.more ?? [])];
  if (r.action && r.act) buttons.push(act(r.action, r.label ?? r.action, r.act));
  return element('li', {}, text, element('div', { class: 'group' }, ...buttons));
}

/**
 * A button that does something which may fail.
 * @param {string} text
 * @param {string} label
 * @param {() => Promise<unknown> | void} work
 */
export function act(text, label, work) {
  const button = element('button', { type: 'button', 'aria-label': label }, text);
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      await work();
    } catch (err) {
      note(say.failed(err instanceof Error ? err.message : String(err)), 'failed');
    } finally {
      button.disabled = false;
    }
  });
  return button;
}

/**
 * Shows secrets that nobody can see again.
 * @param {HTMLElement} place with an element for them
 * @param {{label: string, text: string}[]} secrets
 */
export function showOnce(place, secrets) {
  find('[data-secrets]', HTMLElement, place).replaceChildren(...secrets.map(({ label, text }, i) => {
    const id = `${place.id}-${i}`;
    const input = element('input', { id, readonly: true, value: text, spellcheck: 'false' });
    input.addEventListener('focus', () => input.select());
    return element('div', { class: 'field' }, element('label', { for: id }, label), input);
  }));
  place.hidden = false;
  announce(words.shownOnce);
  place.querySelector('input')?.focus();
}

/**
 * An instant as people here write it.
 * @param {string | null} text
 */
export const when = (text) => (text === null ? words.never : exact(text));

/**
 * The instant in so many days, or undefined for 0.
 * @param {FormDataEntryValue | null} days
 */
export function inDays(days) {
  const n = Number(days);
  return n > 0 ? new Date(Date.now() + n * 86_400_000).toISOString() : undefined;
}
