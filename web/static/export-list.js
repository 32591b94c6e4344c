// @ts-check
// A list of exports: how far they are, their files, and their end.

import { note } from './announce.js';
import { ApiError } from './api.js';
import { element } from './dom.js';
import { moment, range, size } from './format.js';
import { isOver } from './jobs.js';
import { exports } from './storage-api.js';
import { exportStates, formatNames, say, words } from './texts.js';

/** @typedef {import('./storage-api.js').Export} Export */
/** @typedef {{el: HTMLElement, shown: string, progress: HTMLProgressElement}} Row */

/**
 * What an export is of.
 * @param {Export} e
 * @param {(id: string) => string} nameOf
 */
export const whatOf = (e, nameOf) => `${e.cameras.map(nameOf).join(', ')}, ${range(Date.parse(e.from), Date.parse(e.to))}`;

export class ExportList {
  #list;
  #none;
  #heading;
  #jobs;
  #nameOf;
  /** @type {Map<string, Row>} by id */
  #rows = new Map();

  /**
   * @param {import('./jobs.js').ExportJobs} jobs
   * @param {{list: HTMLElement, none: HTMLElement, heading: HTMLElement}} parts heading gets the focus
   *   when a button that had it is gone
   * @param {(id: string) => string} nameOf
   */
  constructor(jobs, { list, none, heading }, nameOf) {
    this.#jobs = jobs;
    this.#list = list;
    this.#none = none;
    this.#heading = heading;
    this.#nameOf = nameOf;
    jobs.addEventListener('change', () => this.#show(jobs.all));
  }

  /** @param {Export[]} all */
  #show(all) {
    this.#none.hidden = all.length > 0;
    const before = this.#rows;
    this.#rows = new Map(all.map((e) => [e.id, this.#row(e, before.get(e.id))]));
    let lost = false;
    for (const [id, { el }] of before) {
      if (this.#rows.get(id)?.el === el) continue;
      lost ||= el.contains(document.activeElement);
      el.remove();
    }
    [...this.#rows.values()].forEach(({ el }, i) => {
      if (this.#list.children[i] !== el) this.#list.insertBefore(el, this.#list.children[i] ?? null);
    });
    if (lost) this.#heading.focus();
  }

  /**
   * The row of an export: the one that there was, if but its progress differs.
   * @param {Export} e
   * @param {Row | undefined} before
   * @returns {Row}
   */
  #row(e, before) {
    const what = whatOf(e, this.#nameOf);
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
    const end = element('button', { type: 'button', class: 'small', 'aria-label': (isOver(e) ? say.exportRemove : say.exportCancel)(what) }, isOver(e) ? words.exportRemove : words.cancel);
    end.addEventListener('click', () => this.#end(e));
    const state = e.state === 'queued' ? say.queued(e.position) : exportStates[e.state] ?? e.state;
    const until = e.state === 'ready' && e.expires ? say.keptUntil(moment(Date.parse(e.expires), Date.now())) : '';
    return {
      progress,
      el: element('li', { 'data-export': e.id, 'data-state': e.state },
        element('div', {},
          element('strong', { dir: 'auto' }, what), ' ',
          element('small', {}, [formatNames[e.format] ?? e.format, state, until, e.error?.message ?? '', e.note].filter((t) => t !== '').join(' · ')),
          progress, ...(e.state === 'ready' ? [element('ul', { class: 'files' }, ...e.files.map((f) => fileOf(e, f)))] : []),
          ...(e.state === 'ready' && e.files.some((f) => !f.sha256) ? [element('small', {}, words.checksumLater)] : [])),
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
    this.#jobs.drop(e.id);
  }
}

/**
 * A file to download, with the sum by which it can be checked.
 * @param {Export} e
 * @param {Export['files'][number]} file
 */
function fileOf(e, { name, size: bytes, sha256 }) {
  return element('li', {}, element('a', { href: exports.file(e.id, name), download: name, dir: 'auto' }, name), ' ', element('small', {}, size(bytes)),
    ...(sha256 ? [element('small', {}, `${words.checksum} `, element('code', {}, sha256))] : []));
}
