// @ts-check
// The dialog that makes files of a range of recordings.

import { ApiError, call } from './api.js';
import { closeButton, element, setText } from './dom.js';
import { length, size as sizeOf } from './format.js';
import { instantText } from './moments.js';
import { exportFormats, say, words } from './texts.js';

/** @typedef {{id: string, name: string}} Camera */
/** @typedef {{id: string, state: string, position: number, progress: number, files: {name: string, camera: string, size: number}[] | null, error: {message: string} | null}} Job */

const api = '/api/v1/exports';
const pause = 500; // ms between looks at how far it is
const speeds = [1, 10, 60, 300, 1000];

export class ExportDialog {
  #title = element('p', { class: 'hint' });
  #cameras = element('fieldset', { class: 'field' });
  #format = element('select', { id: 'export-format' }, ...Object.entries(exportFormats).map(([value, text]) => element('option', { value }, text)));
  #speed = element('select', { id: 'export-speed' }, ...speeds.map((s) => element('option', { value: s }, s === 1 ? words.exportRealTime : say.speed(s))));
  #problem = element('p', { class: 'problem', role: 'alert', tabindex: '-1', hidden: true });
  #progress = element('progress', { max: '1', 'aria-label': words.exporting });
  #state = element('p', { role: 'status' });
  #files = element('ul', { class: 'files' });
  #start = element('button', { class: 'primary' }, words.exportStart);
  #cancel = element('button', { type: 'button' }, words.cancel);
  #choice;
  #work = element('div', { class: 'body', hidden: true }, this.#progress, this.#state, this.#files);
  #dialog;
  /** @type {{cameras: Camera[], from: number, to: number}} */
  #of = { cameras: [], from: 0, to: 0 };
  /** @type {string | null} the job that is not ready */
  #job = null;

  constructor() {
    const close = closeButton();
    this.#choice = element('div', { class: 'body' }, this.#cameras, element('div', { class: 'pair' },
      element('div', { class: 'field' }, element('label', { for: 'export-format' }, words.exportFormat), this.#format),
      element('div', { class: 'field' }, element('label', { for: 'export-speed' }, words.speed), this.#speed)));
    const form = element('form', { novalidate: true },
      element('header', {}, element('h2', { id: 'export-title' }, words.exportTitle), close), this.#title, this.#problem, this.#choice, this.#work,
      element('div', { class: 'buttons' }, this.#cancel, this.#start));
    this.#dialog = element('dialog', { id: 'export-dialog', class: 'dialog', 'aria-labelledby': 'export-title' }, form);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#begin();
    });
    close.addEventListener('click', () => this.#dialog.close());
    this.#cancel.addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('close', () => this.#drop());
    document.body.append(this.#dialog);
  }

  /**
   * @param {Camera[]} cameras
   * @param {import('./axis.js').Axis} range
   */
  open(cameras, { from, to }) {
    this.#of = { cameras, from, to };
    setText(this.#title, say.marked(instantText(from), instantText(to), length(to - from)));
    this.#cameras.replaceChildren(element('legend', {}, words.exportCameras), ...cameras.map(({ id, name }) => {
      const box = element('input', { type: 'checkbox', value: id });
      box.checked = true;
      return element('label', { class: 'check' }, box, element('span', { dir: 'auto' }, name));
    }));
    this.#show(null);
    this.#fail('');
    this.#dialog.showModal();
  }

  async #begin() {
    const cameras = [...this.#cameras.querySelectorAll('input')].filter((box) => box.checked).map((box) => box.value);
    const { from, to } = this.#of;
    const body = {
      cameras, from: new Date(from).toISOString(), to: new Date(to).toISOString(), format: this.#format.value, speed: Number(this.#speed.value),
    };
    this.#fail('');
    if (cameras.length === 0) return this.#fail(words.exportNone);
    try {
      this.#follow((await call('POST', api, { body })).data);
    } catch (err) {
      if (!(err instanceof ApiError)) throw err;
      this.#fail([err.message, ...err.fields.map((f) => f.detail)].join(' '));
    }
  }

  /**
   * Tells how far a job is until it is ready, or was given up.
   * @param {Job} job
   */
  async #follow(job) {
    this.#job = job.id;
    for (; ;) {
      this.#show(job);
      if (job.state === 'ready' || job.state === 'failed') break;
      await new Promise((done) => { setTimeout(done, pause); });
      if (this.#job !== job.id) return;
      try {
        job = (await call('GET', `${api}/${job.id}`)).data;
      } catch (err) {
        if (!(err instanceof ApiError)) throw err;
        if (err.status === 404) return this.#show(null);
        setText(this.#state, err.message); // and try again
      }
      if (this.#job !== job.id) return;
    }
    this.#job = null;
    if (job.state === 'failed') {
      this.#show(null);
      this.#fail(job.error?.message ?? words.exportFailed);
    }
  }

  /** Cancels what nobody waits for any more; files that are ready stay for a while. */
  #drop() {
    const id = this.#job;
    this.#job = null;
    if (id !== null) call('DELETE', `${api}/${id}`).catch(() => {}); // the hub ends it by itself at some time
  }

  /** @param {Job | null} job null before there is one */
  #show(job) {
    this.#choice.hidden = this.#start.hidden = job !== null;
    this.#work.hidden = job === null;
    setText(this.#cancel, job?.state === 'ready' ? words.close : words.cancel);
    if (job === null) return;
    this.#progress.value = job.state === 'ready' ? 1 : job.progress;
    setText(this.#state, job.state === 'queued' ? say.queued(job.position) : job.state === 'ready' ? words.exportReady : say.percent(job.progress));
    const files = job.state === 'ready' ? job.files ?? [] : [];
    this.#files.replaceChildren(...files.map(({ name, size }) => element('li', {},
      element('a', { class: 'button', href: `${api}/${job.id}/file/${encodeURIComponent(name)}`, download: name }, name), ' ', sizeOf(size))));
    this.#files.querySelector('a')?.focus();
  }

  /** @param {string} text */
  #fail(text) {
    this.#problem.hidden = text === '';
    setText(this.#problem, text);
    if (text !== '') this.#problem.focus();
  }
}
