// @ts-check
// The keys of a page.

import { helpDialog } from './help.js';
import { keep, recall } from './stored.js';

/**
 * @typedef {object} Key
 * @property {string[]} press names as in KeyboardEvent.key; letters count in both cases
 * @property {('' | 'Shift' | 'Ctrl')[]} [held] with which of these; with none when left out. A sign
 *   has Shift or not, as the keyboard wants.
 * @property {(key: string) => unknown} act gets the name; it returns false when the key means nothing now,
 *   and is then left to the next one of the list
 */

const stored = 'letters';

/**
 * Listens on the whole page, for as long as it lives. Keys do nothing while a
 * dialog or menu is open, in fields, and with Alt or Meta. Buttons and links that
 * got the focus by keyboard keep Space and Enter. Letters and signs can be turned
 * off, since speech is typed by some (WCAG 2.1.4).
 * @param {Key[]} keys
 * @param {import('./help.js').Help} help what "?" shows
 * @returns {() => void} shows it too
 */
export function watchKeys(keys, help) {
  let letters = recall(stored) !== 'off';
  const open = helpDialog(help, letters, (on) => {
    letters = on;
    keep(stored, on ? '' : 'off');
  });
  const all = [...keys, { press: ['?'], act: open }];
  /** @type {Element | null} the button that was pressed last, if with a pointer: Space is not meant for it */
  let pointed = null;
  document.addEventListener('pointerdown', ({ target }) => {
    pointed = target instanceof Element ? target.closest('button') : null;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Tab') pointed = null;
    if (event.defaultPrevented || event.altKey || event.metaKey || event.isComposing || busy(event, pointed)) return;
    const sign = isSign(event.key);
    if (sign && !letters) return;
    const held = heldOf(event, sign);
    const name = event.key.toLowerCase();
    const meant = all.filter((k) => (k.held ?? ['']).some((h) => h === held) && k.press.some((p) => p.toLowerCase() === name));
    if (meant.some((k) => k.act(event.key) !== false)) event.preventDefault();
  });
  return open;
}

/** @param {string} key */
const isSign = (key) => key !== ' ' && [...key].length === 1;

/**
 * @param {KeyboardEvent} event
 * @param {boolean} sign
 */
function heldOf({ ctrlKey, shiftKey }, sign) {
  return [ctrlKey && 'Ctrl', shiftKey && !sign && 'Shift'].filter(Boolean).join(' ');
}

/**
 * Whether a key is meant for something else than the page.
 * @param {KeyboardEvent} event
 * @param {Element | null} pointed
 */
function busy({ key, target }, pointed) {
  if (document.querySelector('dialog[open], :popover-open')) return true;
  if (!(target instanceof Element) || !target.checkVisibility()) return false; // of a dialog that was closed
  if (target.closest('input, select, textarea, [contenteditable]')) return true;
  return (key === ' ' || key === 'Enter') && target.matches('button, a, summary') && target !== pointed;
}
