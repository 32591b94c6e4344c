// @ts-check
// The dialog that lists the keys.

import { element, icon } from './dom.js';
import { wallKeys, words } from './texts.js';

/** @returns {() => void} opens it */
export function keysDialog() {
  const close = element('button', { type: 'button', class: 'quiet', 'aria-label': words.close, title: words.close }, icon('close'));
  const rows = wallKeys.map(([keys, text]) => element('div', {},
    element('dt', {}, ...[...keys].map((key) => (key === '+' && keys.length > 2 ? ' + ' : element('kbd', {}, key)))),
    element('dd', {}, String(text))));
  const dialog = element('dialog', { id: 'keys-dialog', class: 'dialog', 'aria-labelledby': 'keys-title' },
    element('div', { class: 'keys' },
      element('header', {}, element('h2', { id: 'keys-title' }, words.keysTitle), close),
      element('dl', {}, ...rows)));
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
  document.body.append(dialog);
  return () => dialog.showModal();
}
