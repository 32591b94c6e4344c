// @ts-check
// How the room for recordings is used: in all, and by camera as a chart that is
// a table, so that everybody reads the same numbers.

import { element, find } from './dom.js';
import { dayCount, moment, size, span } from './format.js';
import { say, words } from './texts.js';

/** @typedef {import('./storage-api.js').Storage} Storage */
/** @typedef {import('./storage-api.js').CameraStorage} CameraStorage */

/**
 * @param {Storage} data
 * @param {(id: string) => string} nameOf
 */
export function showUsage(data, nameOf) {
  find('#forecast', HTMLElement).textContent = data.days === null ? '' : say.budgetDays(dayCount(data.days));
  const room = Math.max(data.budget, data.used, 1);
  find('#meter', HTMLElement).replaceChildren(bar(room, data.used, data.pinned));
  /** @type {[string, string][]} */
  const facts = [
    [words.storageUsed, say.ofBudget(size(data.used), size(data.budget))],
    [words.storageFree, size(data.free)],
    [words.storageRate, data.bytes_per_day > 0 ? size(data.bytes_per_day) : words.storageNone],
    [words.storageOldest, data.oldest === null ? words.storageNone : moment(Date.parse(data.oldest), Date.now())],
    [words.storagePinned, data.pinned > 0 ? size(data.pinned) : words.storageNone],
  ];
  find('#facts', HTMLElement).replaceChildren(...facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))));
  const largest = Math.max(...data.cameras.map((c) => c.used), 1);
  const rows = [...data.cameras].sort((a, b) => b.used - a.used).map((c) => row(c, largest, nameOf(c.camera)));
  find('#usage tbody', HTMLElement).replaceChildren(...rows);
}

/**
 * @param {CameraStorage} c
 * @param {number} largest bytes of the longest bar
 * @param {string} name
 */
function row(c, largest, name) {
  const small = (/** @type {string | false} */ text) => (text ? [' ', element('small', {}, text)] : []);
  const days = c.bytes_per_day === 0 ? '–' : c.days === null ? words.usageAll : dayCount(c.days);
  const cell = (/** @type {string} */ head, /** @type {string} */ text, /** @type {string | false} */ more) =>
    element('td', { 'data-head': head }, text, ...small(more));
  return element('tr', { 'data-camera': c.camera, class: c.holds ? '' : 'short' },
    element('th', { scope: 'row', dir: 'auto' }, name, ...small(c.removed && words.usageRemoved)),
    element('td', { class: 'chart', 'data-head': words.usageUsed },
      bar(largest, c.used, c.pinned), element('span', {}, size(c.used), ...small(c.pinned > 0 && say.withPinned(size(c.pinned))))),
    cell(words.usageRate, c.bytes_per_day > 0 ? size(c.bytes_per_day) : '–',
      c.bytes_per_day === 0 ? words.usageIdle : c.measured_s < 3600 && say.measured(span(c.measured_s * 1000))),
    cell(words.usageOldest, moment(Date.parse(c.oldest), Date.now()), false),
    cell(words.usageDays, days, c.keep_days !== null && say.asked(dayCount(c.keep_days))));
}

const svg = 'http://www.w3.org/2000/svg';

/**
 * A bar: what is used, of that what is pinned, of a whole. Numbers stand beside it.
 * @param {number} whole
 * @param {number} used
 * @param {number} pinned
 */
function bar(whole, used, pinned) {
  const el = document.createElementNS(svg, 'svg');
  el.setAttribute('class', 'usage-bar');
  el.setAttribute('aria-hidden', 'true');
  for (const [name, part] of /** @type {[string, number][]} */ ([['ground', whole], ['used', used], ['pinned', pinned]])) {
    const rect = document.createElementNS(svg, 'rect');
    rect.setAttribute('class', name);
    rect.setAttribute('height', '100%');
    rect.setAttribute('width', `${Math.min(100, 100 * part / whole).toFixed(2)}%`);
    el.append(rect);
  }
  return el;
}
