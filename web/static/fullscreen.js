// @ts-check
// Full screen of one element, in which what lies over the picture goes away
// while nobody moves.

import { find, setText } from './dom.js';
import { words } from './texts.js';

const rest = 3000; // ms without a move

/**
 * @param {HTMLElement} el
 * @param {HTMLButtonElement} button hidden where the browser has no full screen
 * @returns {() => void} enters or leaves it
 */
export function fullScreen(el, button) {
  let timer = 0;
  const wake = () => {
    clearTimeout(timer);
    el.classList.remove('calm');
    if (document.fullscreenElement === el) timer = setTimeout(() => el.classList.add('calm'), rest);
  };
  const toggle = () => {
    if (!document.fullscreenEnabled) return;
    const change = document.fullscreenElement ? document.exitFullscreen() : el.requestFullscreen();
    change.catch(() => {}); // the browser says no, and says so itself
  };
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener('click', toggle);
  for (const type of ['pointermove', 'pointerdown', 'keydown', 'focusin']) document.addEventListener(type, wake);
  document.addEventListener('fullscreenchange', () => {
    const on = document.fullscreenElement === el;
    el.classList.toggle('full', on);
    const text = on ? words.leaveFullScreen : words.fullScreen;
    setText(find('span', HTMLElement, button), text);
    button.title = text;
    wake();
  });
  return toggle;
}
