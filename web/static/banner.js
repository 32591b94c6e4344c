// @ts-check
// The bar that says that the hub does not answer.

import { announce } from './announce.js';
import { find, setText } from './dom.js';
import { span } from './format.js';
import { say, words } from './texts.js';

/** @typedef {import('./poller.js').Poller} Poller */

/**
 * Shows and hides the page's #unreachable as the poller says.
 * @param {Poller} poller
 * @returns {() => void} to be called about once a second
 */
export function watchHub(poller) {
  const el = find('#unreachable', HTMLElement);
  const detail = find('[data-detail]', HTMLElement, el);
  find('button', HTMLButtonElement, el).addEventListener('click', () => poller.refresh());
  poller.addEventListener('unreachable', () => {
    if (el.hidden) announce(words.unreachable);
    el.hidden = false;
    update();
  });
  poller.addEventListener('recovered', () => {
    el.hidden = true;
    announce(say.reachable);
  });
  const update = () => {
    if (!poller.failure) return;
    const { since, error } = poller.failure;
    setText(detail, error.status > 0 ? say.answered(error.status) : say.unreachableSince(span(performance.now() - since)));
  };
  return update;
}
