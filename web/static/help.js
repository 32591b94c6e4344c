// @ts-check
// The dialog that lists the keys of a page.

import { closeButton, element } from './dom.js';
import { words } from './texts.js';

/**
 * @typedef {object} Help
 * @property {[keys: string[], text: string][]} lines keys as they are printed; " + " is between those
 *   that are pressed together
 * @property {[keys: string[], text: string][]} play the same of a timeline, which may mean the same keys
 * @property {string} [hint] what else there is, besides keys
 */

/**
 * Makes the dialog.
 * @param {Help} help
 * @param {boolean} letters whether letters and signs are keys
 * @param {(on: boolean) => void} onLetters the person changed that
 * @returns {() => void} opens it
 */
export function helpDialog({ lines, play, hint = '' }, letters, onLetters) {
  const close = closeButton();
  const box = element('input', { type: 'checkbox', id: 'keys-letters' });
  box.checked = letters;
  box.addEventListener('change', () => onLetters(box.checked));
  const dialog = element('dialog', { id: 'keys-dialog', class: 'dialog', 'aria-labelledby': 'keys-title' },
    element('form', { method: 'dialog' },
      element('header', {}, element('h2', { id: 'keys-title' }, words.keys), close),
      listOf(lines), element('h3', {}, words.keysPlay), listOf(play),
      element('p', { class: 'hint', hidden: hint === '' }, hint),
      element('label', { class: 'check' }, box, element('span', {}, words.keyLetters))));
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
  document.body.append(dialog);
  return () => dialog.showModal();
}

/** @param {Help['lines']} lines */
function listOf(lines) {
  return element('dl', { class: 'keys' }, ...lines.map(([keys, text]) => element('div', {},
    element('dt', {}, ...keys.flatMap(printed)), element('dd', {}, text))));
}

/** @param {string} key */
function printed(key) {
  return key.split(' + ').flatMap((part, i) => [...(i > 0 ? [' + '] : []), element('kbd', {}, part)]);
}
