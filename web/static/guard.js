// @ts-check
// Keeps a dialog open while it holds what is not saved.

import { ask } from './ask.js';
import { words } from './texts.js';

/**
 * Makes whatever closes a dialog (Escape, the back gesture, its buttons with
 * data-close) ask first when something would be lost.
 * @param {HTMLDialogElement} dialog
 * @param {() => boolean} wouldLose
 * @returns {() => void} closes it without a question
 */
export function guard(dialog, wouldLose) {
  let asking = false;
  let meant = false; // that it closes
  const close = () => {
    meant = true;
    dialog.close();
  };
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
    close();
  };
  dialog.addEventListener('cancel', (event) => {
    if (event.target !== dialog || !event.cancelable) return; // what can't be stopped is mended below
    event.preventDefault();
    leave();
  });
  dialog.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    leave();
  });
  dialog.addEventListener('close', (event) => {
    const lost = !meant && wouldLose();
    meant = false;
    if (!lost) return;
    event.stopImmediatePropagation(); // a browser closes it the second time, whatever the page says
    dialog.showModal();
    leave();
  });
  for (const button of dialog.querySelectorAll('[data-close]')) button.addEventListener('click', leave);
  window.addEventListener('beforeunload', (event) => {
    if (dialog.open && wouldLose()) event.preventDefault();
  });
  return close;
}
