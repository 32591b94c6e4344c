// @ts-check
// The form that deletes a range of recordings.

import { note } from './announce.js';
import { ApiError } from './api.js';
import { ask } from './ask.js';
import { element, find } from './dom.js';
import { clearFields, prepareFields, showFaults } from './fields.js';
import { range as rangeText, size, zone } from './format.js';
import { recordings } from './storage-api.js';
import { say, words } from './texts.js';

/** @typedef {import('./storage-api.js').CameraStorage} CameraStorage */

export class CleanupForm {
  #form = find('#cleanup', HTMLFormElement);
  #camera = find('#cleanup-camera', HTMLSelectElement);
  #from = find('#cleanup-from', HTMLInputElement);
  #to = find('#cleanup-to', HTMLInputElement);
  #run = find('[type=submit]', HTMLButtonElement, this.#form);
  #result = find('[data-result]', HTMLElement, this.#form);
  #nameOf;
  #done;

  /**
   * @param {(id: string) => string} nameOf
   * @param {() => void} done something was deleted
   */
  constructor(nameOf, done) {
    this.#nameOf = nameOf;
    this.#done = done;
    prepareFields(this.#form, 'cleanup');
    const hint = find('.hint', HTMLElement, this.#form);
    hint.textContent = `${hint.textContent} ${say.timesIn(zone(Date.now()))}`;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  /** @param {CameraStorage[]} cameras */
  show(cameras) {
    const options = cameras.map((c) => [c.camera, this.#nameOf(c.camera)]);
    const shown = JSON.stringify(options);
    if (this.#camera.dataset.shown === shown) return;
    this.#camera.dataset.shown = shown;
    const before = this.#camera.value;
    this.#camera.replaceChildren(...options.map(([value, name]) => element('option', { value }, name)));
    if (cameras.some((c) => c.camera === before)) this.#camera.value = before;
  }

  async #submit() {
    if (this.#run.disabled) return;
    clearFields(this.#form);
    this.#result.replaceChildren();
    const at = (/** @type {HTMLInputElement} */ input) => (input.value === '' ? NaN : new Date(input.value).getTime());
    const [from, to] = [at(this.#from), at(this.#to)];
    const faults = [['/from', from], ['/to', to]].filter(([, ms]) => Number.isNaN(ms)).map(([pointer]) => ({ pointer: String(pointer), detail: words.cleanupWhen }));
    if (faults.length > 0) return showFaults(this.#form, faults).first?.focus();
    const range = { camera: this.#camera.value, from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    this.#run.disabled = true;
    try {
      await this.#remove(range);
    } catch (err) {
      if (!(err instanceof ApiError)) throw err;
      const { first, left } = showFaults(this.#form, err.fields);
      if (err.fields.length === 0 || left.length > 0) this.#say(left.join('; ') || err.message, 'problem');
      first?.focus();
    } finally {
      this.#run.disabled = false;
    }
  }

  /** @param {{camera: string, from: string, to: string}} range */
  async #remove(range) {
    const { bytes, pictures } = await recordings.count(range);
    if (pictures === 0) return this.#say(words.cleanupNothing, 'hint');
    const answer = await ask({
      title: words.cleanupTitle,
      text: say.cleanupText(size(bytes), pictures, this.#nameOf(range.camera), rangeText(Date.parse(range.from), Date.parse(range.to))),
      choices: [{ value: '', text: words.cleanupKeep }, { value: 'delete', text: words.cleanupDelete, look: 'danger' }],
    });
    if (answer !== 'delete') return;
    const { segments, bytes: gone, left } = await recordings.remove(range);
    const text = say.cleaned(size(gone), segments, left.map((l) => say.cleanupLeft(l.segments, l.reason.message)));
    this.#say(text, left.length > 0 ? 'warning' : 'hint');
    note(text);
    this.#done();
  }

  /**
   * @param {string} text
   * @param {string} look
   */
  #say(text, look) {
    this.#result.replaceChildren(element('p', { class: look }, text));
  }
}
