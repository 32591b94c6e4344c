// @ts-check
// Telling what happened: a short note that is seen and read out.

import { element, find } from './dom.js';

const shown = 6000; // ms

/**
 * Shows a note for some seconds.
 * @param {string} text
 * @param {'done' | 'failed'} [kind]
 */
export function note(text, kind = 'done') {
  const region = find('#notes', HTMLElement);
  const el = element('p', { class: `note ${kind}` }, text);
  region.append(el);
  while (region.childElementCount > 3) region.firstElementChild?.remove();
  setTimeout(() => el.remove(), shown);
}

/**
 * Has a screen reader say something that others see anyway.
 * @param {string} text
 */
export function announce(text) {
  find('#announcer', HTMLElement).textContent = text;
}
