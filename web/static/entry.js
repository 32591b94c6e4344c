// @ts-check
// A form of a page about users: it sends what was typed, and shows what was wrong
// with it.

import { ApiError } from './api.js';
import { find, setText } from './dom.js';
import { clearFields, prepareFields, showFaults } from './fields.js';
import { say } from './texts.js';

/**
 * Sends a form by a function, one time after the other.
 * @param {HTMLFormElement} form with a .problem and a button to submit it
 * @param {(data: FormData) => Promise<unknown>} send rejects as call of api.js does
 */
export function entry(form, send) {
  const problem = find('.problem', HTMLElement, form);
  const button = find('[type=submit]', HTMLButtonElement, form);
  prepareFields(form, form.id);
  const show = (/** @type {string} */ message, /** @type {import('./api.js').FieldFault[]} */ faults) => {
    const { first, left } = showFaults(form, faults);
    const text = faults.length === 0 ? message : left.join('; ');
    setText(problem, text);
    problem.hidden = text === '';
    if (text !== '') problem.focus();
    else first?.focus();
  };
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    show('', []);
    clearFields(form);
    button.disabled = true;
    try {
      await send(new FormData(form));
    } catch (err) {
      if (err instanceof ApiError) show(err.message, err.fields);
      else show(say.failed(String(err)), []);
    } finally {
      button.disabled = false;
    }
  });
}
