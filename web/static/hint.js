// @ts-check
// Lines above the wall that stay until somebody closes them.

import { element, find, icon } from './dom.js';
import { words } from './texts.js';

/**
 * Shows a hint, once.
 * @param {string} text
 * @param {{text: string, act: () => void}} [offer] what can be done about it
 */
export function hint(text, offer) {
  const region = find('#hints', HTMLElement);
  if ([...region.children].some((el) => el.firstElementChild?.textContent === text)) return;
  const close = element('button', { type: 'button', class: 'quiet', 'aria-label': words.close, title: words.close }, icon('close'));
  const el = element('div', { class: 'banner standing' }, element('p', {}, text));
  if (offer) {
    const button = element('button', { type: 'button' }, offer.text);
    button.addEventListener('click', offer.act);
    el.append(button);
  }
  el.append(close);
  close.addEventListener('click', () => el.remove());
  region.append(el);
}
