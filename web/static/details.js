// @ts-check
// What stands beside the picture, to be shown or not; this browser remembers it.

import { keep, recall } from './stored.js';

const stored = 'details';

/**
 * @param {HTMLElement} page gets the class "bare" while the details are hidden
 * @param {HTMLButtonElement} button
 * @returns {() => void} shows or hides them
 */
export function details(page, button) {
  const arrange = (/** @type {boolean} */ on) => {
    page.classList.toggle('bare', !on);
    button.setAttribute('aria-expanded', String(on));
  };
  const toggle = () => {
    const on = page.classList.contains('bare');
    arrange(on);
    keep(stored, on ? '' : 'off');
  };
  arrange(recall(stored) !== 'off');
  button.addEventListener('click', toggle);
  return toggle;
}
