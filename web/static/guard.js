// @ts-check
// Keeps a dialog open while it holds what is not saved.

import { ask } from './ask.js';
import { words } from './texts.js';

/**
 * Makes whatever closes a dialog (Escape, the back gesture, its buttons with
 * data-close) ask first when something would be lost. Code that has saved closes
 * it with close().
 * @param {HTMLDialogElement} dialog
 * @param {() => boolean} wouldLose
 */
export function guard(dialog, wouldLose) {
  let asking = false;
  const leave = async () => {
    if (asking) return;
    if (wouldLose()) {
      asking = true;
      const answer = await ask({
        title: words.unsavedTitle, text: words.unsavedText,
        choices: [{ value: '', text: words.unsavedKeep }, { value: 'discard', text: words.unsavedDiscard, look: 'danger' }],
      });
      asking = false;
      if (answer !== 'discard') return;
    }
    dialog.close();
  };
  dialog.addEventListener('cancel', (event) => {
    if (event.target !== dialog) return;
    event.preventDefault();
    leave();
  });
  dialog.addEventListener('keydown', (event) => { // a browser lets a second Escape close the dialog whatever the page says
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    leave();
  });
  for (const button of dialog.querySelectorAll('[data-close]')) button.addEventListener('click', leave);
  window.addEventListener('beforeunload', (event) => {
    if (dialog.open && wouldLose()) event.preventDefault();
  });
}
