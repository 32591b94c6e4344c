// @ts-check
// The list of exports: how far they are, their files, and their end.

import { note } from './announce.js';
import { ApiError } from './api.js';
import { element, find } from './dom.js';
import { localTime, size } from './format.js';
import { exports } from './storage-api.js';
import { exportStates, say, words } from './texts.js';

/** @typedef {import('./storage-api.js').Export} Export */

const pause = 1500; // ms between two looks while one is being made

export class ExportList {
  #list = find('#exports ul', HTMLElement);
  #none = find('#exports .hint', HTMLElement);
  /** @type {Map<string, {el: HTMLElement, shown: string, progress: HTMLProgressElement}>} by id */
  #rows = new Map();
  #timer = 0;
  #nameOf;

  /** @param {(id: string) => string} nameOf */
  constructor(nameOf) {
    this.#nameOf = nameOf;
  }

  /** Shows what there is now, and again while something is being made; rejects as the hub does. */
  async load() {
    clearTimeout(this.#timer);
    const all = await exports.list();
    this.#none.hidden = all.length > 0;
    const before = this.#rows;
    this.#rows = new Map(all.map((e) => [e.id, this.#row(e, before.get(e.id))]));
    for (const [id, { el }] of before) if (this.#rows.get(id)?.el !== el) el.remove();
    for (const { el } of this.#rows.values()) if (el.parentElement === null) this.#list.append(el);
    if (all.some((e) => e.state === 'queued' || e.state === 'running')) this.#timer = setTimeout(() => this.load().catch(() => {}), pause); // the next look says it
  }

  /**
   * The row of an export: the one that there was, if but its progress differs.
   * @param {Export} e
   * @param {{el: HTMLElement, shown: string, progress: HTMLProgressElement} | undefined} before
   */
  #row(e, before) {
    const what = `${e.cameras.map(this.#nameOf).join(', ')}, ${say.range(localTime(e.from), localTime(e.to))}`;
    const shown = JSON.stringify([what, e.state, e.files, e.error, e.position]);
    const row = before?.shown === shown ? before : { ...this.#make(e, what), shown };
    row.progress.value = e.progress;
    return row;
  }

  /**
   * @param {Export} e
   * @param {string} what it is of
   */
  #make(e, what) {
    const progress = element('progress', { max: 1, 'aria-label': say.progressOf(what), hidden: e.state !== 'running' });
    const making = e.state === 'queued' || e.state === 'running';
    const end = element('button', { type: 'button', class: 'small', 'aria-label': (making ? say.exportCancel : say.exportRemove)(what) }, making ? words.cancel : words.exportRemove);
    end.addEventListener('click', () => this.#end(e));
    const files = e.state !== 'ready' ? [] : e.files.map((file) => element('li', {}, element('a', {
      href: exports.file(e.id, file.name), download: file.name, dir: 'auto',
    }, file.name), ' ', element('small', {}, size(file.size))));
    return {
      progress,
      el: element('li', { 'data-export': e.id },
        element('div', {},
          element('strong', { dir: 'auto' }, what), ' ',
          element('small', {}, [e.format, exportStates[e.state] ?? e.state, e.error?.message ?? '', e.note].filter((t) => t !== '').join(' · ')),
          progress, element('ul', { class: 'files' }, ...files)),
        end),
    };
  }

  /** @param {Export} e */
  async #end(e) {
    try {
      await exports.remove(e.id);
      note(say.exportGone);
    } catch (err) {
      if (!(err instanceof ApiError)) throw err;
      if (err.status !== 404) note(say.failed(err.message), 'failed'); // else somebody was quicker
    }
    await this.load().catch(() => {}); // the next look says it
    find('#exports h2', HTMLElement).focus(); // the button is gone
  }
}
