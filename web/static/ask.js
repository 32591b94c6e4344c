// @ts-check
// A question that must be answered before anything else.

import { element } from './dom.js';

/**
 * @typedef {object} Choice
 * @property {string} value
 * @property {string} text
 * @property {'primary' | 'danger'} [look]
 */

let questions = 0; // that were asked so far

/**
 * Asks, and gives back the value that was chosen, or "" when the person backed
 * out. The first choice has the focus: the one that loses nothing.
 * @param {{title: string, text?: string, choices: Choice[]}} question
 * @returns {Promise<string>}
 */
export function ask({ title, text = '', choices }) {
  const id = `question-${++questions}`;
  const dialog = element('dialog', { class: 'dialog small', role: 'alertdialog', 'aria-labelledby': id, 'aria-describedby': `${id}-text` },
    element('form', { method: 'dialog' },
      element('h2', { id }, title),
      element('p', { id: `${id}-text`, hidden: text === '' }, text),
      element('div', { class: 'buttons' }, ...choices.map(({ value, text: label, look }, i) =>
        element('button', { value, class: look, autofocus: i === 0 }, label)))));
  dialog.addEventListener('keydown', (event) => { // left to a browser, one Escape may close the dialog below too
    if (event.key !== 'Escape') return;
    event.preventDefault();
    dialog.close('');
  });
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
