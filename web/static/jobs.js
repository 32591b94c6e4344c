// @ts-check
// The exports of the hub, as they change: a stream of messages while somebody looks,
// or something is being made.

import { exports } from './storage-api.js';

/** @typedef {import('./storage-api.js').Export} Export */

const pause = 3000; // ms before another try

/** @param {Export} job */
export const isOver = (job) => job.state === 'ready' || job.state === 'failed';

/**
 * A list of jobs after a message of the hub.
 * @param {Export[]} all the newest first
 * @param {Export} job that is new, or another than before
 */
export function withJob(all, job) {
  return all.some((j) => j.id === job.id) ? all.map((j) => (j.id === job.id ? job : j)) : [job, ...all];
}

/**
 * The same after the answer to a request: messages that were quicker tell more.
 * @param {Export[]} all the newest first
 * @param {Export} job as it was when it was asked for
 */
export const withAnswer = (all, job) => (all.some((j) => j.id === job.id) ? all : [job, ...all]);

/**
 * Tells "change" when there is something else, and "over" (a CustomEvent of the Export)
 * when one that was seen to be made is ready, or has failed.
 */
export class ExportJobs extends EventTarget {
  /** @type {Export[]} the newest first */
  all = [];

  #wanted = false;
  /** @type {EventSource | null} */
  #source = null;
  #timer = 0;

  constructor() {
    super();
    document.addEventListener('visibilitychange', () => this.#listen());
  }

  /** Those that are not over. */
  get open() {
    return this.all.filter((j) => !isOver(j));
  }

  /** Asks once; rejects as the hub does. */
  async look() {
    this.#take(await exports.list());
  }

  /** Listens from now on, while the page is visible: a browser has few connections to one host. */
  start() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#listen();
  }

  stop() {
    this.#wanted = false;
    this.#listen();
  }

  /** Shows what the hub answered to a request, before its message comes. */
  add(/** @type {Export} */ job) {
    this.#take(withAnswer(this.all, job));
  }

  /** Shows one no longer, before the hub's message says so. */
  drop(/** @type {string} */ id) {
    this.#take(this.all.filter((j) => j.id !== id));
  }

  #listen() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    if (!this.#wanted || document.hidden) return;
    const source = new EventSource('/api/v1/exports');
    this.#source = source;
    source.addEventListener('exports', ({ data }) => this.#take(JSON.parse(data).exports));
    source.addEventListener('export', ({ data }) => this.#take(withJob(this.all, JSON.parse(data))));
    source.addEventListener('removed', ({ data }) => this.drop(JSON.parse(data).id));
    source.addEventListener('error', () => {
      if (source !== this.#source) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#listen(), pause); // browsers give up after some answers
    });
  }

  /** @param {Export[]} all */
  #take(all) {
    const making = new Set(this.open.map((j) => j.id));
    this.all = all;
    this.dispatchEvent(new Event('change'));
    for (const job of all) if (making.has(job.id) && isOver(job)) this.dispatchEvent(new CustomEvent('over', { detail: job }));
  }
}
