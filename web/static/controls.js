// @ts-check
// The fields of a form, made from their descriptions.

import { bytesControl } from './bytes.js';
import { element } from './dom.js';
import { headersControl } from './headers.js';
import { planControl } from './plan.js';
import { say, words } from './texts.js';

/** @typedef {import('./kinds.js').Field} Field */
/** @typedef {import('./kinds.js').Values} Values */

/**
 * @typedef {object} Control A field on the page.
 * @property {Field} field
 * @property {HTMLElement} el
 * @property {() => any} read what stands in it, as in Values
 * @property {(v: Values) => void} adapt to what stands in the other fields
 */

/**
 * @typedef {object} Stored What the hub has and does not show.
 * @property {boolean} password
 * @property {string[]} headers names
 */

/**
 * Makes the control of a field.
 * @param {Field} field
 * @param {any} value as in Values
 * @param {{stored: Stored, fixed: boolean, suggestions: string[]}} known fixed: there is the camera already
 * @returns {Control}
 */
export function control(field, value, { stored, fixed, suggestions }) {
  const id = `f${field.pointer.replaceAll('/', '-')}`;
  const hint = field.hint ? [element('p', { class: 'hint', id: `${id}-hint` }, field.hint)] : [];
  const frame = { class: `field ${['', '', 'half', 'third'][field.across ?? 1]}`.trim(), 'data-pointer': field.pointer };
  const label = element('label', { for: id }, field.label);
  const made = (/** @type {HTMLElement} */ el, /** @type {() => any} */ read, /** @type {(v: Values) => void} */ more = () => {}) => ({
    field, el, read,
    adapt: (/** @type {Values} */ v) => {
      el.hidden = field.when?.(v) === false;
      more(v);
    },
  });
  switch (field.type) {
    case 'flag': {
      const input = element('input', { type: 'checkbox', id });
      input.checked = value === true;
      return made(element('div', frame, element('label', { class: 'check' }, input, element('span', {}, field.label)), ...hint), () => input.checked);
    }
    case 'choice': {
      const input = element('select', { id }, ...(field.choices ?? []).map(([v, text]) => element('option', { value: v }, text)));
      if (![...input.options].some((o) => o.value === value)) input.append(element('option', { value }, value)); // the hub knows more
      input.value = value;
      return made(element('div', frame, label, input, ...hint), () => input.value);
    }
    case 'secret': return secretControl(made, field, element('div', frame, label), id, value, stored.password);
    case 'headers': {
      const headers = headersControl(element('fieldset', frame, element('legend', {}, field.label), ...hint), id, value, stored.headers);
      return made(headers.el, headers.read);
    }
    case 'bytes': {
      const bytes = bytesControl(id, field.label, value);
      return made(element('div', frame, label, bytes.el, ...hint), bytes.read);
    }
    case 'plan': {
      const el = element('div', frame, label);
      const read = planControl(el, id, value);
      el.append(...hint);
      return made(el, read);
    }
    default: {
      const input = element('input', {
        id, spellcheck: 'false', autocomplete: 'off', readonly: fixed && field.fixed,
        ...(field.type === 'url' && { type: 'url', inputmode: 'url' }),
        ...(field.type === 'number' || field.type === 'seconds' ? { inputmode: 'decimal' } : { dir: 'auto' }),
        ...(field.pointer !== '/name' && field.pointer !== '/group' && { autocapitalize: 'none' }),
      });
      input.value = value;
      const list = suggestions.length > 0 ? [element('datalist', { id: `${id}-list` }, ...suggestions.map((s) => element('option', { value: s })))] : [];
      if (list.length > 0) input.setAttribute('list', `${id}-list`);
      return made(element('div', frame, label, input, ...list, ...hint), () => input.value, (v) => {
        input.placeholder = (typeof field.placeholder === 'function' ? field.placeholder(v) : field.placeholder) ?? '';
      });
    }
  }
}

/**
 * A password: typed anew, kept, or forgotten.
 * @param {(el: HTMLElement, read: () => any) => Control} made
 * @param {Field} field
 * @param {HTMLElement} el
 * @param {string} id
 * @param {import('./source.js').Secret} value
 * @param {boolean} stored
 */
function secretControl(made, field, el, id, value, stored) {
  const input = element('input', { type: 'password', id, autocomplete: 'new-password' });
  const forget = element('input', { type: 'checkbox' });
  input.value = value.text;
  forget.checked = value.forget;
  input.addEventListener('input', () => {
    if (input.value !== '') forget.checked = false;
  });
  el.append(input);
  if (stored) {
    el.append(element('p', { class: 'hint', id: `${id}-hint` }, words.passwordKept),
      element('label', { class: 'check' }, forget, element('span', {}, say.forget(field.label))));
  }
  return made(el, () => ({ text: input.value, forget: stored && forget.checked }));
}
