// @ts-check
// The field of request headers: stored ones are known by name only and can be
// removed, new ones are added.

import { closeButton, element, icon } from './dom.js';
import { addErrorPlace } from './fields.js';
import { say, words } from './texts.js';

/** @typedef {import('./source.js').Headers} Headers */

let rows = 0; // that were made so far

/**
 * Fills the field.
 * @param {HTMLElement} el with its legend
 * @param {string} id the beginning of the IDs that are made
 * @param {Headers} value
 * @param {string[]} stored names
 * @returns {{el: HTMLElement, read: () => Headers}}
 */
export function headersControl(el, id, value, stored) {
  const list = element('ul', { class: 'headers' });
  const add = element('button', { type: 'button', class: 'small' }, icon('plus'), words.headerAdd);
  /** @type {{el: HTMLElement, read: () => {name: string, value: string}}[]} */
  let added = [];
  const changed = () => el.dispatchEvent(new Event('input', { bubbles: true }));
  const removed = stored.map((name) => storedRow(list, name, value.removed.includes(name), changed));
  const append = (/** @type {{name: string, value: string}} */ header) => {
    const row = newRow(id, header, () => {
      const at = added.indexOf(row);
      added = added.filter((r) => r !== row);
      row.el.remove();
      (added[Math.min(at, added.length - 1)]?.el.querySelector('button') ?? add).focus();
      changed();
    });
    added.push(row);
    list.append(row.el);
    return row;
  };
  for (const header of value.added) append(header);
  add.addEventListener('click', () => append({ name: '', value: '' }).el.querySelector('input')?.focus());
  el.querySelector('legend')?.after(list);
  el.append(add);
  return {
    el,
    read: () => ({
      removed: removed.filter((r) => r.isRemoved()).map((r) => r.name),
      added: added.map((r) => r.read()).filter((h) => h.name !== '' || h.value !== ''),
    }),
  };
}

/**
 * @param {HTMLElement} list
 * @param {string} name
 * @param {boolean} isRemoved
 * @param {() => void} changed
 */
function storedRow(list, name, isRemoved, changed) {
  const button = element('button', { type: 'button', class: 'small' });
  const el = element('li', { class: 'header stored' }, element('code', {}, name), element('span', { class: 'hint' }, words.headerStored), button);
  const show = () => {
    el.classList.toggle('gone', isRemoved);
    button.textContent = isRemoved ? words.headerKeep : words.headerRemove;
    button.setAttribute('aria-label', isRemoved ? say.keepHeader(name) : say.removeHeader(name));
  };
  button.addEventListener('click', () => {
    isRemoved = !isRemoved;
    show();
    changed();
  });
  show();
  list.append(el);
  return { name, isRemoved: () => isRemoved };
}

/**
 * @param {string} id
 * @param {{name: string, value: string}} header
 * @param {() => void} remove
 */
function newRow(id, header, remove) {
  const n = ++rows;
  const name = element('input', { id: `${id}-name-${n}`, 'aria-label': words.headerName, placeholder: 'X-Token', spellcheck: 'false', autocapitalize: 'none', autocomplete: 'off' });
  const value = element('input', { id: `${id}-value-${n}`, 'aria-label': words.headerValue, placeholder: words.headerValue, spellcheck: 'false', autocapitalize: 'none', autocomplete: 'off' });
  const button = closeButton({ 'aria-label': words.headerRemoveNew, title: words.headerRemoveNew });
  const el = element('li', { class: 'header field' }, element('div', { class: 'beside' }, name, value, button));
  name.value = header.name;
  value.value = header.value;
  const point = () => { el.dataset.pointer = `/source/headers/${name.value.trim().replaceAll('~', '~0').replaceAll('/', '~1')}`; };
  name.addEventListener('input', point);
  point();
  addErrorPlace(el, `${id}-row-${n}`);
  button.addEventListener('click', remove);
  return { el, read: () => ({ name: name.value.trim(), value: value.value.trim() }) };
}
