// @ts-check
// What the bar and the tools of a camera's page say.

import { find, setIcon, setText } from './dom.js';
import { rate } from './format.js';
import { neighbour, placeOf } from './neighbours.js';
import { say, words } from './texts.js';

const button = (/** @type {string} */ name) => find(`#${name}`, HTMLButtonElement);

/**
 * Shows what the picture is of, in the bar; and whether figures are of another time than it.
 * @param {import('./shown.js').Shown | null} shown null shows nothing
 */
export function showState(shown) {
  const el = find('#state', HTMLElement);
  el.hidden = shown === null;
  if (!shown) return;
  el.dataset.state = shown.kind;
  setText(find('span', HTMLElement, el), shown.text);
  setIcon(find('.icon', SVGSVGElement, el), shown.icon);
  const recorded = shown.kind === 'recorded';
  setText(find('#plots-title', HTMLElement), recorded ? words.lastMinutesNow : words.lastMinutes);
  setText(find('#figures-title', HTMLElement), recorded ? words.figuresNow : words.figures);
}

/**
 * Shows where a camera stands on the wall, and who is beside it.
 * @param {import('./api.js').Camera[]} cameras
 * @param {string} id
 * @param {import('./neighbours.js').Choice} choice
 */
export function showPlace(cameras, id, choice) {
  const { at, of } = placeOf(cameras, id, choice);
  setText(find('#place', HTMLElement), at > 0 && of > 1 ? say.place(at, of) : '');
  for (const [name, by, what] of /** @type {[string, 1 | -1, string][]} */ ([['previous', -1, words.previous], ['next', 1, words.next]])) {
    const other = neighbour(cameras, id, by, choice);
    const el = button(name);
    el.hidden = other === null;
    el.title = other ? say.neighbour(what, other.name) : what;
    el.setAttribute('aria-label', el.title);
  }
}

/** @param {boolean} paused */
export function showPaused(paused) {
  const el = button('pause');
  el.title = paused ? words.resume : words.pause;
  el.classList.toggle('held', paused);
  setText(find('span', HTMLElement, el), el.title);
}

/** @param {number} scale */
export function showScale(scale) {
  const text = say.factor(rate(scale));
  setText(find('#reset span', HTMLElement), text);
  button('reset').setAttribute('aria-label', say.zoomedTo(text));
  button('reset').disabled = button('zoom-out').disabled = scale === 1;
}
