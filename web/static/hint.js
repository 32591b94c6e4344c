// @ts-check
// Lines above the wall that stay until somebody closes them.

import { closeButton, element, find } from './dom.js';

/**
 * Shows a hint, once.
 * @param {string} text
 * @param {{text: string, act: () => void}} [offer] what can be done about it
 */
export function hint(text, offer) {
  const region = find('#hints', HTMLElement);
  if ([...region.children].some((el) => el.firstElementChild?.textContent === text)) return;
  const close = closeButton();
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
