// @ts-check
// Notices that the hub was updated: its pages may be others than this one.

import { call } from './api.js';

const again = 3000; // ms until the next try
const deadline = 8000; // ms

export class Version {
  #known = '';
  #timer = 0;
  #onNew;

  /** @param {() => void} onNew the hub has another version than when the page began */
  constructor(onNew) {
    this.#onNew = onNew;
  }

  /** Asks the hub; to be called at the beginning and whenever it was away. */
  async check() {
    clearTimeout(this.#timer);
    try {
      const { data } = await call('GET', '/api/v1/status');
      const version = String(data?.version ?? '');
      if (this.#known === '') this.#known = version;
      else if (version !== this.#known) this.#onNew();
    } catch {
      this.#timer = setTimeout(() => this.check(), again); // it is away again, or busy
    }
  }
}

/** Loads the page anew as soon as the hub can serve it, and not before. */
export async function reloadWhenReady() {
  for (;;) {
    try {
      const answers = await Promise.all(['/readyz', location.href].map((path) => fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(deadline) })));
      if (answers.every((answer) => answer.ok)) break;
    } catch {
      // not yet
    }
    await new Promise((done) => setTimeout(done, again));
  }
  location.reload();
}
