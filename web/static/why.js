// @ts-check
// The dialog that explains why a camera is offline.

import { ApiError, cameras, probe } from './api.js';
import { closeButton, element, find, setText } from './dom.js';
import { Report } from './report.js';
import { say, words } from './texts.js';

/** @typedef {import('./api.js').Camera} Camera */
/** @typedef {import('./api.js').Probe} Probe */

export class WhyDialog {
  #dialog = markup();
  #problem = find('.problem', HTMLElement, this.#dialog);
  #again = find('[data-again]', HTMLButtonElement, this.#dialog);
  #take = find('[data-take]', HTMLButtonElement, this.#dialog);
  #report = new Report(find('[data-report]', HTMLElement, this.#dialog));
  /** @type {AbortController | null} of the probe that runs */
  #running = null;
  /** @type {Camera | null} */
  #camera = null;
  /** @type {Probe | null} what works at another address than the stored one */
  #other = null;
  #onChange;

  /**
   * @param {(camera: Camera) => void} onChange its address was changed
   * @param {(id: string) => void} edit opens the form
   */
  constructor(onChange, edit) {
    this.#onChange = onChange;
    this.#again.addEventListener('click', () => this.#start());
    this.#take.addEventListener('click', () => this.#takeOther());
    find('[data-edit]', HTMLElement, this.#dialog).addEventListener('click', () => {
      const id = this.#camera?.id;
      this.#dialog.close();
      if (id) edit(id);
    });
    for (const button of this.#dialog.querySelectorAll('[data-close]')) button.addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('close', () => this.#running?.abort());
  }

  /**
   * Opens the dialog and asks the hub at once.
   * @param {Camera} camera
   */
  open(camera) {
    this.#camera = camera;
    setText(find('h2', HTMLElement, this.#dialog), say.whyTitle(camera.name));
    this.#dialog.showModal();
    this.#start();
  }

  async #start() {
    if (!this.#camera) return;
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.#other = null;
    this.#report.clear();
    this.#report.step({ text: words.looking });
    this.#arrange('');
    try {
      const result = await probe({ camera: this.#camera.id }, (step) => this.#report.step(step), running.signal);
      if (running.signal.aborted) return;
      this.#report.show(result);
      if (result.works && result.source && result.source.url !== this.#camera.source.url) this.#other = result;
      this.#running = null;
      this.#arrange('');
    } catch (err) {
      if (running.signal.aborted) return;
      if (!(err instanceof ApiError)) throw err;
      this.#report.clear();
      this.#running = null;
      this.#arrange(err.message);
    }
  }

  /** Stores the address that works in the place of the one that does not. */
  async #takeOther() {
    const [camera, other] = [this.#camera, this.#other];
    if (!camera || !other?.source || this.#take.disabled) return;
    this.#take.disabled = true;
    try {
      const { kind, url } = other.source;
      const { data } = await cameras.patch(camera.id, { source: { kind, url, ...(kind !== 'snapshot' && { interval: null }) } });
      this.#dialog.close();
      this.#onChange(data);
    } catch (err) {
      if (!(err instanceof ApiError)) throw err;
      this.#arrange(err.message);
    } finally {
      this.#take.disabled = false;
    }
  }

  /** @param {string} problem */
  #arrange(problem) {
    this.#again.disabled = this.#running !== null;
    this.#take.hidden = this.#other === null;
    setText(this.#problem, problem);
    this.#problem.hidden = problem === '';
  }
}

/** Makes the dialog, at the end of the page. */
function markup() {
  const close = closeButton({ 'data-close': true });
  const dialog = element('dialog', { id: 'why-dialog', class: 'dialog', 'aria-labelledby': 'why-title' },
    element('form', { method: 'dialog' },
      element('header', {}, element('h2', { id: 'why-title', dir: 'auto' }), close),
      element('p', { class: 'problem', role: 'alert', hidden: true }),
      element('div', { class: 'report', 'data-report': true }),
      element('div', { class: 'buttons' },
        element('button', { type: 'button', class: 'link', 'data-edit': true }, words.edit),
        element('button', { type: 'button', 'data-again': true }, words.again),
        element('button', { type: 'button', class: 'primary', 'data-take': true, hidden: true }, words.takeOther),
        element('button', { type: 'button', 'data-close': true }, words.close))));
  document.body.append(dialog);
  return dialog;
}
