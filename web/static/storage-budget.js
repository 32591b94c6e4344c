// @ts-check
// The form of the budget for all recordings.

import { note } from './announce.js';
import { ApiError } from './api.js';
import { amountOf, bytesControl, bytesOf } from './bytes.js';
import { element, find } from './dom.js';
import { clearFields, prepareFields, showFaults } from './fields.js';
import { confirm } from './record.js';
import { storage } from './storage-api.js';
import { say, words } from './texts.js';

/** @typedef {import('./storage-api.js').Settings} Settings */

const rest = 350; // ms without a change before the hub is asked

export class BudgetForm {
  #form = find('#budget', HTMLFormElement);
  #save = find('[type=submit]', HTMLButtonElement, this.#form);
  #says = find('[data-says]', HTMLElement, this.#form);
  #problem = find('.problem', HTMLElement, this.#form);
  #keep = bytesControl('keep-bytes', words.budgetBytes, amountOf(null));
  #free = bytesControl('min-free', words.budgetFree, amountOf(null));
  #filled = ''; // what stood in it at first
  #timer = 0;
  #saved;

  /** @param {() => void} saved */
  constructor(saved) {
    this.#saved = saved;
    find('[data-pointer="/recordings/keep_bytes"] label', HTMLElement, this.#form).after(this.#keep.el);
    find('[data-pointer="/recordings/min_free_bytes"] label', HTMLElement, this.#form).after(this.#free.el);
    find('#min-free', HTMLInputElement, this.#form).placeholder = '0';
    prepareFields(this.#form, 'budget');
    for (const name of ['input', 'change']) this.#form.addEventListener(name, () => this.#try());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  /**
   * Shows the budget as it is, unless a person is changing it.
   * @param {Settings} s
   */
  show(s) {
    if (this.#filled !== '' && this.#filled !== this.#typed()) return;
    this.#keep.set(amountOf(s.keep_bytes));
    this.#free.set(amountOf(s.min_free_bytes));
    this.#filled = this.#typed();
  }

  #typed() {
    return JSON.stringify([this.#keep.read(), this.#free.read()]);
  }

  /** What the form says, or null, with what is wrong said at its field. */
  #read() {
    const [keep, free] = [bytesOf(this.#keep.read()), bytesOf(this.#free.read()) ?? 0];
    const faults = [];
    if (Number.isNaN(keep)) faults.push({ pointer: '/recordings/keep_bytes', detail: say.notNumber });
    if (Number.isNaN(free)) faults.push({ pointer: '/recordings/min_free_bytes', detail: say.notNumber });
    return { settings: { keep_bytes: keep, min_free_bytes: free }, faults };
  }

  /** Tells what a change would bring while it is typed. */
  #try() {
    clearTimeout(this.#timer);
    this.#says.replaceChildren();
    const { settings, faults } = this.#read();
    const typed = this.#typed();
    if (faults.length > 0 || typed === this.#filled) return;
    this.#timer = setTimeout(async () => {
      const found = await storage.change(settings, true).catch((err) => {
        if (err instanceof ApiError) return null; // it is said when it is saved
        throw err;
      });
      if (!found || typed !== this.#typed()) return;
      const texts = found.warnings.map((w) => w.message);
      this.#says.replaceChildren(...(texts.length > 0 ? texts.map((t) => element('p', { class: 'warning' }, t)) : [element('p', { class: 'hint' }, words.budgetHolds)]));
    }, rest);
  }

  async #submit() {
    if (this.#save.disabled) return;
    clearTimeout(this.#timer);
    clearFields(this.#form);
    this.#say('');
    const { settings, faults } = this.#read();
    if (faults.length > 0) return this.#show('', faults);
    this.#save.disabled = true;
    try {
      const { warnings } = await storage.change(settings, true);
      if (warnings.length > 0 && await confirm(words.budgetWarnTitle, warnings) !== 'save') return;
      await storage.change(settings, false);
      this.#filled = this.#typed();
      this.#says.replaceChildren();
      note(words.budgetSaved);
      this.#saved();
    } catch (err) {
      if (!(err instanceof ApiError)) throw err;
      this.#show(err.message, err.fields);
    } finally {
      this.#save.disabled = false;
    }
  }

  /**
   * @param {string} message
   * @param {import('./api.js').FieldFault[]} faults
   */
  #show(message, faults) {
    const { first, left } = showFaults(this.#form, faults);
    this.#say(faults.length === 0 ? message : left.join('; '));
    first?.focus();
  }

  /** @param {string} text */
  #say(text) {
    this.#problem.textContent = text;
    this.#problem.hidden = text === '';
  }
}
