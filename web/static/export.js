// @ts-check
// The dialog that makes files of a range of recordings, and shows how far all exports are.

import { note } from './announce.js';
import { ApiError } from './api.js';
import { closeButton, element, icon, setText } from './dom.js';
import { ExportList, whatOf } from './export-list.js';
import { length, range } from './format.js';
import { ExportJobs } from './jobs.js';
import { exports } from './storage-api.js';
import { exportFormats, say, words } from './texts.js';

/** @typedef {{id: string, name: string}} Camera */
/** @typedef {import('./storage-api.js').Export} Export */

const speeds = [1, 10, 60, 300, 1000];

export class ExportDialog {
  /** Opens the dialog, and shows what is under way. */
  button = element('button', { type: 'button', class: 'exports-open', hidden: true }, icon('save'), element('span', {}, words.exports));

  #title = element('p', { class: 'hint' });
  #cameras = element('fieldset', { class: 'field' });
  #format = element('select', { id: 'export-format' }, ...Object.entries(exportFormats).map(([value, text]) => element('option', { value }, text)));
  #speed = element('select', { id: 'export-speed' }, ...speeds.map((s) => element('option', { value: s }, s === 1 ? words.exportRealTime : say.speed(s))));
  #problem = element('p', { class: 'problem', role: 'alert', tabindex: '-1', hidden: true });
  #heading = element('h3', { tabindex: '-1' }, words.exports);
  #list = element('ul');
  #none = element('p', { class: 'hint', hidden: true }, words.exportsNone);
  #said = element('p', { class: 'unseen', role: 'status' });
  #start = element('button', { class: 'primary' }, words.exportStart);
  #leave = element('button', { type: 'button' }, words.close);
  #choice;
  #dialog;
  #jobs = new ExportJobs();
  #nameOf;
  /** @type {{cameras: Camera[], from: number, to: number} | null} null: nothing is to be exported */
  #of = null;

  /** @param {(id: string) => string} nameOf the name of a camera */
  constructor(nameOf) {
    this.#nameOf = nameOf;
    const close = closeButton();
    this.#choice = element('div', { class: 'body' }, this.#title, this.#cameras, element('div', { class: 'body' },
      element('div', { class: 'field' }, element('label', { for: 'export-format' }, words.exportFormat), this.#format),
      element('div', { class: 'field' }, element('label', { for: 'export-speed' }, words.speed), this.#speed)));
    const form = element('form', { novalidate: true },
      element('header', {}, element('h2', { id: 'export-title' }, words.exportTitle), close), this.#problem, this.#choice,
      element('section', { class: 'exports' }, this.#heading, this.#none, this.#list, this.#said),
      element('div', { class: 'buttons' }, this.#leave, this.#start));
    this.#dialog = element('dialog', { id: 'export-dialog', class: 'dialog', 'aria-labelledby': 'export-title' }, form);
    new ExportList(this.#jobs, { list: this.#list, none: this.#none, heading: this.#heading }, nameOf);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#begin();
    });
    for (const button of [close, this.#leave]) button.addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('close', () => this.#changed());
    this.button.addEventListener('click', () => this.open(null));
    this.#jobs.addEventListener('change', () => this.#changed());
    this.#jobs.addEventListener('over', (event) => this.#over(/** @type {CustomEvent<Export>} */ (event).detail));
    document.body.append(this.#dialog);
  }

  /** Takes up what is under way: for those who may export. */
  async allow() {
    this.button.hidden = false;
    try {
      await this.#jobs.look();
    } catch (err) {
      if (!(err instanceof ApiError)) throw err; // it is asked again when the dialog opens
    }
  }

  /** @param {{cameras: Camera[], from: number, to: number} | null} of what is to be exported; null: only the list is shown */
  open(of) {
    this.#of = of;
    if (of) {
      setText(this.#title, say.marked(range(of.from, of.to), length(of.to - of.from)));
      this.#cameras.replaceChildren(element('legend', {}, words.exportCameras), ...of.cameras.map(({ id, name }) => {
        const box = element('input', { type: 'checkbox', value: id });
        box.checked = true;
        return element('label', { class: 'check' }, box, element('span', { dir: 'auto' }, name));
      }));
    }
    this.#ask(of !== null);
    this.#fail('');
    this.#jobs.start();
    this.#dialog.showModal();
  }

  /** @param {boolean} on whether a range is asked about */
  #ask(on) {
    this.#choice.hidden = this.#start.hidden = !on;
    setText(this.#leave, on ? words.cancel : words.close);
  }

  async #begin() {
    if (!this.#of || this.#start.disabled) return;
    const cameras = [...this.#cameras.querySelectorAll('input')].filter((box) => box.checked).map((box) => box.value);
    const { from, to } = this.#of;
    this.#fail('');
    if (cameras.length === 0) return this.#fail(words.exportNone);
    this.#start.disabled = true;
    try {
      this.#jobs.add(await exports.make({
        cameras, from: new Date(from).toISOString(), to: new Date(to).toISOString(), format: this.#format.value, speed: Number(this.#speed.value),
      }));
      this.#ask(false);
      this.#heading.focus();
    } catch (err) {
      if (!(err instanceof ApiError)) throw err;
      this.#fail([err.message, ...err.fields.map((f) => f.detail)].join(' '));
    } finally {
      this.#start.disabled = false;
    }
  }

  /** Shows on the button what is under way, and listens as long as that matters. */
  #changed() {
    const { open } = this.#jobs;
    if (open.length > 0) this.#jobs.start();
    else if (!this.#dialog.open) this.#jobs.stop();
    const share = open.reduce((sum, j) => sum + j.progress, 0) / Math.max(1, open.length);
    const text = open.length > 0 ? say.exportsOpen(open.length, say.percent(share)) : words.exports;
    setText(/** @type {Element} */ (this.button.lastElementChild), open.length > 0 ? say.percent(share) : words.exports);
    for (const name of ['aria-label', 'title']) if (this.button.getAttribute(name) !== text) this.button.setAttribute(name, text);
    this.button.classList.toggle('busy', open.length > 0);
  }

  /** @param {Export} job */
  #over(job) {
    const what = whatOf(job, this.#nameOf);
    const text = job.state === 'ready' ? say.exportDone(what) : say.exportBroke(what, job.error?.message ?? words.exportFailed);
    if (this.#dialog.open) setText(this.#said, text); // its row shows it
    else note(text, job.state === 'ready' ? 'done' : 'failed');
  }

  /** @param {string} text */
  #fail(text) {
    this.#problem.hidden = text === '';
    setText(this.#problem, text);
    if (text !== '') this.#problem.focus();
  }
}
