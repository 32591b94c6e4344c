// @ts-check
// Faults at the fields of a form.

import { element, find } from './dom.js';

/** @typedef {import('./api.js').FieldFault} FieldFault */

/**
 * Gives each field that a form has a place for its fault, and takes the fault
 * away when the field changes.
 * @param {HTMLFormElement} form with fields that say what they are in data-pointer
 * @param {string} prefix of the IDs that are made, unique on the page
 */
export function prepareFields(form, prefix) {
  form.addEventListener('input', (event) => clearField(/** @type {Element} */ (event.target).closest('.field')));
  for (const [i, field] of [...form.querySelectorAll('.field[data-pointer]')].entries()) addErrorPlace(field, `${prefix}-${i}`);
}

/**
 * Gives one field a place for its fault.
 * @param {Element} field
 * @param {string} id the beginning of the IDs that are made, unique on the page
 */
export function addErrorPlace(field, id) {
  field.append(element('p', { class: 'error', id: `${id}-error`, hidden: true }));
  const hint = hintOf(field);
  if (!hint) return;
  hint.id ||= `${id}-hint`;
  control(field).setAttribute('aria-describedby', hint.id);
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
  /** @type {HTMLElement[]} */
  const marked = [];
  const left = [];
  for (const fault of faults) {
    const field = fieldOf(form, fault.pointer);
    if (field) marked.push(mark(field, fault.detail));
    else left.push(`${fault.pointer.slice(1)} ${fault.detail}`.trim());
  }
  marked.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_PRECEDING ? 1 : -1));
  return { first: marked[0] ?? null, left };
}

/**
 * The visible field that a pointer lies in, if there is one: the innermost.
 * @param {HTMLFormElement} form
 * @param {string} pointer
 */
function fieldOf(form, pointer) {
  let best = null;
  let length = -1;
  for (const field of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll('.field[data-pointer]'))) {
    if (field.closest('[hidden]') !== null) continue;
    for (const p of field.dataset.pointer?.split(' ') ?? []) {
      if ((pointer === p || pointer.startsWith(`${p}/`)) && p.length > length) [best, length] = [field, p.length];
    }
  }
  return best;
}

/**
 * What of a field has the focus and tells of its fault.
 * @param {Element} field
 */
const control = (field) => find(field.querySelector('input, select, textarea') ? 'input, select, textarea' : 'button', HTMLElement, field);

/** @param {Element} field */
const hintOf = (field) => field.querySelector(':scope > .hint');

/**
 * Shows a fault at a field; further faults of it are added.
 * @param {HTMLElement} field
 * @param {string} detail
 * @returns {HTMLElement} what to focus
 */
function mark(field, detail) {
  const error = find(':scope > .error', HTMLElement, field);
  error.textContent = error.hidden ? detail : `${error.textContent}; ${detail}`;
  error.hidden = false;
  const input = control(field);
  if (!(input instanceof HTMLButtonElement)) input.setAttribute('aria-invalid', 'true');
  const hint = hintOf(field)?.id;
  input.setAttribute('aria-describedby', hint ? `${error.id} ${hint}` : error.id);
  const details = field.closest('details');
  if (details) details.open = true;
  return input;
}

/** Takes the fault of a field away.
 * @param {Element | null} field */
export function clearField(field) {
  const error = field?.querySelector(':scope > .error');
  if (!field || !(error instanceof HTMLElement) || error.hidden) return;
  error.hidden = true;
  error.textContent = '';
  const input = control(field);
  input.removeAttribute('aria-invalid');
  const hint = hintOf(field)?.id;
  if (hint) input.setAttribute('aria-describedby', hint);
  else input.removeAttribute('aria-describedby');
}
