// @ts-check
// Takes back what was just removed: a bar with a button that stays for ten
// seconds, and longer while somebody is at it.

import { announce, note } from './announce.js';
import { cameras } from './api.js';
import { closeButton, element, find, setText } from './dom.js';
import { say, words } from './texts.js';

/** @typedef {import('./api.js').Camera} Camera */

const shown = 10; // seconds

/**
 * Offers to bring back a camera that the hub has removed.
 * @param {Camera} camera
 * @param {{back: (camera: Camera) => void, leave: () => void}} then back: it is there again; leave: the
 *   bar goes and had the focus, which needs another place
 */
export function offerUndo(camera, { back, leave }) {
  const seconds = element('span', { class: 'seconds', 'aria-hidden': 'true' });
  const undo = element('button', { type: 'button', 'aria-label': say.undoRemoval(camera.name) }, words.undo);
  const close = closeButton();
  const bar = element('div', { class: 'undo', role: 'group', 'aria-label': say.removed(camera.name) },
    element('p', { dir: 'auto' }, say.removed(camera.name)), seconds, undo, close);
  // By keyboard the focus is on the removed camera's button; by mouse nothing is to jump.
  const byKeyboard = document.activeElement?.matches(':focus-visible') ?? false;
  let left = shown;

  const end = () => {
    clearInterval(timer);
    const focused = bar.contains(document.activeElement);
    bar.remove();
    if (focused) leave();
  };
  const tick = () => {
    const busy = bar.matches(':hover') || bar.querySelector(':focus-visible') || document.querySelector('dialog:modal') || document.hidden;
    if (!busy && !undo.disabled) left--;
    setText(seconds, say.seconds(left));
    if (left <= 0) end();
  };
  const timer = setInterval(tick, 1000);
  setText(seconds, say.seconds(left));

  undo.addEventListener('click', async () => {
    undo.disabled = true;
    try {
      const { data } = await cameras.restore(camera.id);
      end();
      back(data);
    } catch (err) {
      note(say.notRestored(camera.name, err instanceof Error ? err.message : String(err)), 'failed');
      undo.disabled = false;
    }
  });
  close.addEventListener('click', end);
  bar.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') end();
  });

  find('#undo', HTMLElement).append(bar);
  if (byKeyboard) undo.focus();
  announce(say.canBeUndone(camera.name, shown));
}
