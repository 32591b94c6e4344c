// @ts-check
// What the hub tolerates of a camera, each with its sentence.

import { call } from './api.js';
import { element } from './dom.js';

/** @type {Promise<Map<string, string>> | null} by name; asked for once, and again if that failed */
let sentences = null;

/** @returns {Promise<Map<string, string>>} */
function ask() {
  sentences ??= call('GET', '/api/v1/quirks')
    .then(({ data }) => new Map(data.quirks.map((/** @type {{name: string, text: string}} */ q) => [q.name, q.text])))
    .catch(() => {
      sentences = null; // the names alone are shown, until something changes
      return new Map();
    });
  return sentences;
}

/**
 * Shows the quirks of a camera in a list; the section is hidden when there are none.
 * @param {HTMLElement} section with a list in it
 * @param {string[]} names
 */
export async function showQuirks(section, names) {
  const shown = names.join(' ');
  section.hidden = names.length === 0;
  if (section.dataset.shown === shown) return;
  section.dataset.shown = shown;
  if (names.length === 0) return;
  const known = await ask();
  if (section.dataset.shown !== shown) return; // they are others by now
  if (known.size === 0) delete section.dataset.shown;
  section.querySelector('ul')?.replaceChildren(...names.map((name) => element('li', {},
    ...(known.has(name) ? [known.get(name) ?? '', ' '] : []), element('code', {}, name))));
}
