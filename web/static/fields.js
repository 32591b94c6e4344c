// @ts-check
// Faults at the fields of a form.

import { element, find } from './dom.js';

/** @typedef {import('./api.js').FieldFault} FieldFault */

/**
 * Gives each field of a form a place for its fault, and takes the fault away
 * when the field changes.
 * @param {HTMLFormElement} form with fields that say what they are in data-pointer
 * @param {string} prefix of the IDs that are made, unique on the page
 */
export function prepareFields(form, prefix) {
  form.addEventListener('input', (event) => clearField(/** @type {Element} */ (event.target).closest('.field')));
  for (const [i, field] of [...form.querySelectorAll('.field[data-pointer]')].entries()) {
    const hint = field.querySelector('.hint');
    if (hint) hint.id = `${prefix}-hint-${i}`;
    field.append(element('p', { class: 'error', id: `${prefix}-error-${i}`, hidden: true }));
    if (hint) control(field).setAttribute('aria-describedby', hint.id);
  }
}

/** @param {HTMLFormElement} form */
export function clearFields(form) {
  for (const field of form.querySelectorAll('.field')) clearField(field);
}

/**
 * Puts each fault at its visible field.
 * @param {HTMLFormElement} form
 * @param {FieldFault[]} faults
 * @returns {{first: HTMLElement | null, left: string[]}} what to focus, and the faults without a field
 */
export function showFaults(form, faults) {
  /** @type {HTMLElement | null} */
  let first = null;
  const left = [];
  for (const fault of faults) {
    const field = fieldOf(form, fault.pointer);
    if (field) first ??= mark(field, fault.detail);
    else left.push(`${fault.pointer.slice(1)} ${fault.detail}`.trim());
  }
  return { first, left };
}

/**
 * The visible field that a pointer lies in, if there is one.
 * @param {HTMLFormElement} form
 * @param {string} pointer
 */
function fieldOf(form, pointer) {
  for (const field of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll('.field[data-pointer]'))) {
    const hit = field.dataset.pointer?.split(' ').some((p) => pointer === p || pointer.startsWith(`${p}/`));
    if (hit && field.closest('[hidden]') === null) return field;
  }
  return null;
}

/** @param {Element} field */
const control = (field) => find('input, select, textarea', HTMLElement, field);

/**
 * Shows a fault at a field; further faults of it are added.
 * @param {HTMLElement} field
 * @param {string} detail
 * @returns {HTMLElement} what to focus
 */
function mark(field, detail) {
  const error = find('.error', HTMLElement, field);
  error.textContent = error.hidden ? detail : `${error.textContent}; ${detail}`;
  error.hidden = false;
  const input = control(field);
  input.setAttribute('aria-invalid', 'true');
  const hint = field.querySelector('.hint')?.id;
  input.setAttribute('aria-describedby', hint ? `${error.id} ${hint}` : error.id);
  const details = field.closest('details');
  if (details) details.open = true;
  return input;
}

/** @param {Element | null} field */
function clearField(field) {
  const error = field?.querySelector('.error');
  if (!field || !(error instanceof HTMLElement) || error.hidden) return;
  error.hidden = true;
  error.textContent = '';
  const input = control(field);
  input.removeAttribute('aria-invalid');
  const hint = field.querySelector('.hint')?.id;
  if (hint) input.setAttribute('aria-describedby', hint);
  else input.removeAttribute('aria-describedby');
}
