// @ts-check
// What stands beside the picture, to be shown or not; this browser remembers it.

import { keep, recall } from './stored.js';

const stored = 'details';

/**
 * @param {HTMLElement} page gets the class "bare" while the details are hidden
 * @param {HTMLButtonElement} button
 * @param {() => void} uncover takes away what lies in their place
 * @returns {{toggle: () => void, cover: (on: boolean) => void}} toggle shows or hides them; cover says
 *   whether something else lies in their place
 */
export function details(page, button, uncover) {
  let covered = false;
  const arrange = (/** @type {boolean} */ on) => {
    page.classList.toggle('bare', !on);
    button.setAttribute('aria-expanded', String(on && !covered));
  };
  const toggle = () => {
    const on = covered || page.classList.contains('bare');
    if (covered) uncover();
    arrange(on);
    keep(stored, on ? '' : 'off');
  };
  arrange(recall(stored) !== 'off');
  button.addEventListener('click', toggle);
  return {
    toggle,
    cover: (on) => {
      covered = on;
      arrange(!page.classList.contains('bare'));
    },
  };
}
