// @ts-check
// Full screen, and what goes away there while nobody moves the pointer.

import { find, icon } from './dom.js';
import { words } from './texts.js';

const rest = 3000; // ms without a move

/**
 * Marks the page as resting while nobody moves, types or touches. The style
 * hides the cursor and the bar then, where there is nothing but pictures.
 */
export function watchRest() {
  let timer = 0;
  const wake = () => {
    document.body.classList.remove('resting');
    clearTimeout(timer);
    timer = setTimeout(() => document.body.classList.add('resting'), rest);
  };
  for (const name of ['pointermove', 'pointerdown', 'wheel', 'keydown', 'focusin']) window.addEventListener(name, wake, { passive: true, capture: true }); // before what shall be seen gets the focus
  wake();
}

/**
 * Lets the button and the returned function switch to full screen and back.
 * @param {() => void} onChange the window has another shape
 * @returns {() => void}
 */
export function watchFullScreen(onChange) {
  const button = find('#full', HTMLButtonElement);
  button.hidden = !document.fullscreenEnabled;
  const toggle = () => {
    if (!document.fullscreenEnabled) return;
    const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    done.catch(() => {}); // the browser says so itself
  };
  document.addEventListener('fullscreenchange', () => {
    const full = document.fullscreenElement !== null;
    document.body.classList.toggle('bare', full);
    const text = full ? words.leaveFullScreen : words.fullScreen;
    button.setAttribute('aria-label', text);
    button.title = text;
    button.replaceChildren(full ? icon('leave') : icon('full'));
    onChange();
  });
  button.addEventListener('click', toggle);
  return toggle;
}
