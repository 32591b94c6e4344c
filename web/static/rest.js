// @ts-check
// Full screen, and what goes away there while nobody moves the pointer.

import { find, setIcon, setText } from './dom.js';
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
 * Lets the button #full and the returned function switch an element to full
 * screen and back. The body has the class "full" meanwhile; the button is hidden
 * where the browser has no full screen.
 * @param {HTMLElement} el
 * @param {() => void} [changed] the window has another shape
 * @returns {() => void}
 */
export function watchFullScreen(el, changed = () => {}) {
  const button = find('#full', HTMLButtonElement);
  const sign = find('.icon', SVGSVGElement, button);
  const name = button.querySelector('span'); // where there is room for it
  const toggle = () => {
    if (!document.fullscreenEnabled) return;
    const done = document.fullscreenElement ? document.exitFullscreen() : el.requestFullscreen();
    done.catch(() => {}); // the browser says so itself
  };
  button.title ||= words.fullScreen; // its name may have no room
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener('click', toggle);
  document.addEventListener('fullscreenchange', () => {
    const full = document.fullscreenElement !== null;
    document.body.classList.toggle('full', full);
    setIcon(sign, full ? 'leave' : 'full');
    button.title = full ? words.leaveFullScreen : words.fullScreen;
    if (name) setText(name, button.title);
    else button.setAttribute('aria-label', button.title);
    changed();
  });
  return toggle;
}
