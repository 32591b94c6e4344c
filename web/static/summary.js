// @ts-check
// How many cameras there are, by state.

import { element, find, icon } from './dom.js';
import { say, states } from './texts.js';

/** @param {import('./api.js').Camera[]} list */
export function summarise(list) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { status } of list) counts.set(status.state, (counts.get(status.state) ?? 0) + 1);
  const parts = Object.keys(states).filter((s) => counts.has(s)).map((s) => element('span', { class: 'count', 'data-state': s },
    icon(s), say.inState(counts.get(s) ?? 0, s)));
  const summary = find('#summary', HTMLElement);
  const text = [say.cameras(list.length), ...parts.map((p) => p.textContent)].join(', ');
  if (summary.dataset.shown === text) return;
  summary.dataset.shown = text;
  summary.replaceChildren(element('span', {}, say.cameras(list.length)), ...parts);
}
